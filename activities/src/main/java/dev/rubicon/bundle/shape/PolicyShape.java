package dev.rubicon.bundle.shape;

import static dev.rubicon.yaml.Lists.distinct;
import static dev.rubicon.yaml.Lists.list;
import static dev.rubicon.yaml.Scalars.flag;
import static dev.rubicon.yaml.Scalars.number;
import static dev.rubicon.yaml.Scalars.parsed;
import static dev.rubicon.yaml.Scalars.text;
import static dev.rubicon.yaml.Scalars.word;

import dev.rubicon.postgres.RelationName;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.LegacyRelation;
import dev.rubicon.runbook.ManualItem;
import dev.rubicon.runbook.Runbook.Approvals;
import dev.rubicon.runbook.Runbook.Contract;
import dev.rubicon.runbook.Runbook.DataInvariant;
import dev.rubicon.runbook.Runbook.Disposition;
import dev.rubicon.runbook.Runbook.Documentation;
import dev.rubicon.runbook.Runbook.Figure;
import dev.rubicon.runbook.Runbook.Gate;
import dev.rubicon.runbook.Runbook.HazardAllowance;
import dev.rubicon.runbook.Runbook.Severity;
import dev.rubicon.runbook.Runbook.Watch;
import dev.rubicon.yaml.Decoder;
import dev.rubicon.yaml.Durations;
import dev.rubicon.yaml.Keys;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;

/** After the crossing, and what people decide: watch, contract, approvals, findings. */
final class PolicyShape {
  private PolicyShape() {}

  static Decoder<Watch> watch() {
    var keys = new Keys();
    var duration = keys.or("duration", Durations.positive(), "24h", "how long after the crossing");
    var every = keys.or("every", Durations.positive(), "30s", "how often the checks run");
    var checks = keys.or("checks", CheckShape.checks(), "[]", "what must stay true");
    var figures =
        keys.or(
            "figures", figures(), "[]", "what each round records, besides sequences and tables");
    return keys.into(
        v -> {
          if (v.get(every).compareTo(v.get(duration)) > 0) {
            v.problem(every, "is longer than the whole watch (duration)");
          }
          boolean asked = v.has(duration) || v.has(every) || v.has(checks) || v.has(figures);
          return new Watch(v.get(duration), v.get(every), v.get(checks), v.get(figures), asked);
        });
  }

  private static Decoder<List<Figure>> figures() {
    var keys = new Keys();
    var name = keys.required("name", text(), "what the series is called");
    var sql =
        keys.required(
            "sql", OneSql.query(), "a query that gives one number, or rows of a name and a number");
    return Distinct.by(
        list(keys.into(v -> new Figure(v.get(name), v.get(sql)))), "name", Figure::name);
  }

  static Decoder<Contract> contract() {
    var keys = new Keys();
    var quietPeriod =
        keys.or(
            "quiet-period",
            Durations.duration(),
            "7d",
            "time without a legacy write before anything is dropped");
    var legacyColumns =
        keys.or("legacy-columns", list(legacyColumn()), "[]", "what happens to each legacy column");
    var legacyRelations =
        keys.or(
            "legacy-relations",
            Distinct.by(
                list(legacyRelation()), "relation", r -> RelationName.parse(r.relation()).sql()),
            "[]",
            "what happens to the legacy relation of each shadow transition, drop if nothing is"
                + " said; and relations that go without a successor");
    var preconditions =
        keys.or(
            "preconditions",
            CutoverShape.invariants(),
            "[]",
            "queries that must return no rows before anything is taken away;"
                + " current_setting('rubicon.quiet_period')::interval is the quiet period");
    var sql =
        keys.or(
            "sql",
            distinct(list(Names.file())),
            "[]",
            "files that take the owner's own shims away, each once, before the legacy columns go");
    return keys.into(
        v ->
            new Contract(
                v.get(quietPeriod),
                v.get(legacyColumns),
                v.get(legacyRelations),
                v.get(preconditions),
                v.get(sql)));
  }

  private static Decoder<LegacyRelation> legacyRelation() {
    var keys = new Keys();
    var relation = keys.required("relation", Names.relation(), "legacy relation, schema.name");
    var action = keys.required("action", word(LegacyColumn.Action.class), "drop, archive or keep");
    var reason = keys.optional("reason", text(), "why it is kept; only with keep");
    var reconcile =
        keys.or(
            "reconcile",
            CutoverShape.invariants(),
            "[]",
            "without a successor: queries that must return no rows before it goes");
    var reads =
        keys.or(
            "reads",
            word(LegacyRelation.Reads.class),
            "stop",
            "without a successor: whether reads within the quiet period stop contract, or are"
                + " noted");
    return keys.into(
        v -> {
          boolean keep = v.get(action) == LegacyColumn.Action.KEEP;
          if (keep != v.has(reason)) {
            v.problem("'reason' goes with 'action: keep', and only with it");
          }
          return new LegacyRelation(
              v.get(relation), v.get(action), v.get(reason), v.get(reconcile), v.get(reads));
        });
  }

  private static Decoder<LegacyColumn> legacyColumn() {
    var keys = new Keys();
    var relation = keys.required("relation", Names.relation(), "schema.name");
    var column = keys.required("column", Names.identifier(), "legacy column, as in SQL");
    var action = keys.required("action", word(LegacyColumn.Action.class), "drop, archive or keep");
    var reason = keys.optional("reason", text(), "why it is kept; only with keep");
    return keys.into(
        v -> {
          boolean keep = v.get(action) == LegacyColumn.Action.KEEP;
          if (keep && !v.has(reason)) {
            v.problem("a column that is kept needs a 'reason'");
          }
          if (!keep && v.has(reason)) {
            v.problem(reason, "only 'action: keep' has a reason");
          }
          return new LegacyColumn(v.get(relation), v.get(column), v.get(action), v.get(reason));
        });
  }

  static Decoder<Approvals> approvals() {
    var keys = new Keys();
    var gates =
        keys.optional(
            "gates",
            distinct(list(word(Gate.class))),
            "gates at which a human is asked, beside those that the policy demands; left out: what"
                + " it demands where no client can notice the change, else all three");
    var self =
        keys.optional(
            "self-approval",
            flag(),
            "whether the requester may approve, where the policy allows it; left out: where no"
                + " client can notice the change");
    return keys.into(v -> new Approvals(v.get(gates), v.get(self)));
  }

  static Decoder<List<ManualItem>> manual() {
    // A way back never waits for paperwork.
    var phases = new LinkedHashMap<String, Phase>();
    EnumSet.complementOf(EnumSet.of(Phase.ROLLBACK, Phase.ABORT))
        .forEach(phase -> phases.put(phase.word(), phase));
    var keys = new Keys();
    var id = keys.required("id", SourceShape.runbookName(), "by which it is signed off");
    var title = keys.required("title", text(), "what is to be done");
    var owner = keys.required("owner", text(), "who does it");
    var blocks = keys.required("blocks", word(phases), "the phase that waits for it");
    return Distinct.by(
        list(keys.into(v -> new ManualItem(v.get(id), v.get(title), v.get(owner), v.get(blocks)))),
        "id",
        ManualItem::id);
  }

  static Decoder<List<Disposition>> findings() {
    var keys = new Keys();
    var match = keys.required("match", text(), "finding id; * matches any characters");
    var disposition =
        keys.required("disposition", word(Disposition.Kind.class), "what happens with it");
    var reason = keys.required("reason", text(), "why");
    var owner = keys.optional("owner", text(), "who sees to it");
    var until =
        keys.optional(
            "until", day(), "accept: the last day on which it counts; then it is open again");
    return Distinct.by(
        list(
            keys.into(
                v -> {
                  if (v.has(until) && v.get(disposition) != Disposition.Kind.ACCEPT) {
                    v.problem(until, "only 'disposition: accept' expires");
                  }
                  return new Disposition(
                      v.get(match), v.get(disposition), v.get(reason), v.get(owner), v.get(until));
                })),
        "match",
        Disposition::match);
  }

  private static Decoder<LocalDate> day() {
    return parsed(
        "^\\d{4}-\\d{2}-\\d{2}$",
        "a day such as \"2027-01-31\"",
        text -> {
          try {
            return LocalDate.parse(text);
          } catch (DateTimeException e) {
            throw new IllegalArgumentException(e);
          }
        });
  }

  static Decoder<List<HazardAllowance>> hazards() {
    var keys = new Keys();
    var hazard = keys.required("hazard", text(), "hazard id; * matches any characters");
    var reason = keys.required("reason", text(), "why it is acceptable");
    return Distinct.by(
        list(keys.into(v -> new HazardAllowance(v.get(hazard), v.get(reason)))),
        "hazard",
        HazardAllowance::hazard);
  }

  static Decoder<List<DataInvariant>> invariants() {
    var keys = new Keys();
    var name = keys.required("name", text(), "what it is called in outputs");
    var sql = keys.required("sql", OneSql.query(), "a query that returns a row for each offender");
    var severity =
        keys.or(
            "severity", word(Severity.class), "error", "error stops the rollout, warning is shown");
    var allow = keys.or("allow", number(0, 1_000_000_000), "0", "as many offenders may be");
    return Distinct.by(
        list(
            keys.into(
                v -> new DataInvariant(v.get(name), v.get(sql), v.get(severity), v.get(allow)))),
        "name",
        DataInvariant::name);
  }

  static Decoder<Documentation> documentation() {
    var keys = new Keys();
    var changeLog = keys.optional("change-log", text(), "entry for the owner's change log");
    return keys.into(v -> new Documentation(v.get(changeLog)));
  }
}
