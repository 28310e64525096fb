package dev.rubicon.bundle.shape;

import static dev.rubicon.yaml.Lists.atLeastOne;
import static dev.rubicon.yaml.Lists.distinct;
import static dev.rubicon.yaml.Lists.list;
import static dev.rubicon.yaml.Scalars.flag;
import static dev.rubicon.yaml.Scalars.number;
import static dev.rubicon.yaml.Scalars.text;
import static dev.rubicon.yaml.Scalars.word;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rubicon.runbook.Canonical;
import dev.rubicon.runbook.Partitions;
import dev.rubicon.runbook.Partitions.TimeSeries;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.runbook.Runbook.OptionalExtension;
import dev.rubicon.runbook.Runbook.Preflight;
import dev.rubicon.runbook.Runbook.Verify;
import dev.rubicon.yaml.Choice;
import dev.rubicon.yaml.Decoder;
import dev.rubicon.yaml.Definitions;
import dev.rubicon.yaml.Durations;
import dev.rubicon.yaml.Keys;
import java.util.List;
import java.util.Optional;

/** The shape of {@code runbook.yaml}: one line per key, in the order of the reference. */
public final class RunbookShape {
  static final String SCHEMA_ID = "https://rubicon.dev/schema/runbook.schema.json";

  private RunbookShape() {}

  public static Decoder<Runbook> runbook() {
    var keys = new Keys();
    var version = keys.required("rubicon", number(1, 1), 1L, "version of this format: 1");
    var name = keys.required("name", SourceShape.runbookName(), "unnamed", "name of the runbook");
    var title = keys.required("title", text(), "untitled", "one line for people");
    var description = keys.optional("description", text(), "what it is for");
    var schemas =
        keys.or(
            "schemas",
            distinct(atLeastOne(Names.schema())),
            "[public]",
            "schemas that the runbook owns; what lies elsewhere is not looked at");
    var canonical =
        keys.or(
            "canonical",
            Choice.wordOr("derived", Canonical.DERIVED, canonical()),
            "derived",
            "how the canonical shape is built; derived: what is there now, and what this says");
    var preflight = keys.or("preflight", preflight(), "{}", "what is recorded before the start");
    var backup = keys.or("backup", SourceShape.backup(), "pg_dump", "the way back of last resort");
    var clone =
        keys.or("clone", SourceShape.cloneSource(), "backup", "where the rehearsal's copy is from");
    var rehearse = keys.or("rehearse", SourceShape.rehearse(), "{}", "what is tried on the clone");
    var expand = keys.or("expand", SourceShape.expand(), "{}", "additive changes, with their undo");
    var transitions =
        keys.or("transitions", TransitionShape.transitions(), "[]", "legacy to canonical");
    var backfill =
        keys.or("backfill", SourceShape.backfill(), "{}", "how existing rows are filled");
    var verify = keys.or("verify", verify(), "{}", "what must hold besides both sides being equal");
    var cutover = keys.or("cutover", CutoverShape.cutover(), "{}", "the crossing");
    var smoke = keys.or("smoke", CheckShape.checks(), "[]", "checks right after the crossing");
    var watch =
        keys.or("watch", PolicyShape.watch(), "{}", "checks in the time after the crossing");
    var contract = keys.or("contract", PolicyShape.contract(), "{}", "what goes, days later");
    var approvals = keys.or("approvals", PolicyShape.approvals(), "{}", "who is asked, and when");
    var manual = keys.or("manual", PolicyShape.manual(), "[]", "what people do and sign off");
    var findings = keys.or("findings", PolicyShape.findings(), "[]", "what becomes of differences");
    var hazards = keys.or("hazards", PolicyShape.hazards(), "[]", "hazards allowed by name");
    var documentation =
        keys.or("documentation", PolicyShape.documentation(), "{}", "what is written afterwards");
    var fix =
        keys.optional(
            "fix",
            word(Runbook.Fix.class),
            "sequences: those that are behind what their columns hold are set");
    var invariants =
        keys.or(
            "invariants",
            PolicyShape.invariants(),
            "[]",
            "what must hold of the target's rows, asked by the plan");
    var partitions =
        keys.or(
            "partitions",
            PartitionsShape.partitions(),
            "[]",
            "functions of the owner's that make partitions beforehand and detach old ones");
    var keyTables =
        keys.or(
            "key-tables",
            KeyTablesShape.keyTables(),
            "[]",
            "tables for foreign keys to point at instead of a partitioned relation");
    var timeseries =
        keys.optional(
            "timeseries",
            word(TimeSeries.class),
            "which form tables of rows over time get: the runbook's SQL reads it as"
                + " current_setting('rubicon.timeseries'); auto: hypertable where the target and"
                + " staging have TimescaleDB, else partitions");
    return keys.into(
        v -> {
          v.get(version);
          return new Runbook(
              v.get(name),
              v.get(title),
              v.get(description).orElse(""),
              v.get(schemas).stream().map(Names::folded).toList(),
              v.get(canonical),
              v.get(preflight),
              v.get(backup),
              v.get(clone),
              v.get(rehearse),
              v.get(expand),
              v.get(transitions),
              v.get(backfill),
              v.get(verify),
              v.get(cutover),
              v.get(smoke),
              v.get(watch),
              v.get(contract),
              v.get(approvals),
              v.get(manual),
              v.get(findings),
              v.get(hazards),
              v.get(documentation),
              v.get(fix),
              v.get(invariants),
              inForce(v.get(partitions), v.get(timeseries)),
              v.get(keyTables),
              v.get(timeseries));
        });
  }

  /** A hypertable has its chunks by itself, and a plain table nothing to detach. */
  private static List<Partitions> inForce(List<Partitions> all, Optional<TimeSeries> timeseries) {
    boolean partitions =
        timeseries
            .filter(form -> form == TimeSeries.HYPERTABLE || form == TimeSeries.PLAIN)
            .isEmpty();
    return all.stream().filter(one -> partitions || !one.timeseries()).toList();
  }

  private static Decoder<Canonical> canonical() {
    var keys = new Keys();
    var sql =
        keys.optional(
            "sql",
            distinct(atLeastOne(Names.file())),
            "files, applied in order to a scratch database");
    var command =
        keys.optional(
            "command",
            atLeastOne(text()),
            "program and arguments that build it, no shell; only where rubicon.yaml has commands:"
                + " allow");
    var timeout = keys.or("timeout", Durations.positive(), "5m", "after which 'command' is ended");
    keys.exactlyOneOf(sql, command);
    return keys.into(
        v -> {
          if (v.has(timeout) && !v.has(command)) {
            v.problem(timeout, "there is no 'command' to end");
          }
          return new Canonical(
              v.get(sql).orElse(List.of()),
              v.get(command).map(argv -> new Canonical.Command(argv, v.get(timeout))));
        });
  }

  private static Decoder<Preflight> preflight() {
    var keys = new Keys();
    var samples =
        keys.or(
            "samples",
            distinct(list(Names.relation())),
            "[]",
            "relations of which a few rows are recorded, schema.name");
    var rows = keys.or("sample-rows", number(1, 100), "3", "rows per relation");
    var redact =
        keys.or("redact", flag(), "true", "whether values are replaced by their type and length");
    var extensions =
        keys.or(
            "extensions",
            Distinct.by(list(extension()), "name", OptionalExtension::name),
            "[]",
            "extensions that the change uses where they are there; the plan warns of those that are"
                + " not");
    return keys.into(
        v ->
            new Preflight(
                v.get(samples), Math.toIntExact(v.get(rows)), v.get(redact), v.get(extensions)));
  }

  private static Decoder<OptionalExtension> extension() {
    var keys = new Keys();
    var name = keys.required("name", text(), "as in CREATE EXTENSION");
    var without = keys.required("without", text(), "what it means that it is not there");
    return keys.into(v -> new OptionalExtension(v.get(name), v.get(without)));
  }

  private static Decoder<Verify> verify() {
    var keys = new Keys();
    var invariants =
        keys.or("invariants", CutoverShape.invariants(), "[]", "queries that must return no rows");
    var counts =
        keys.or(
            "counts",
            CutoverShape.invariants(),
            "[]",
            "queries whose number of rows is recorded as evidence; they stop nothing");
    var parallel =
        keys.optional(
            "parallel",
            number(0, 64),
            "workers that PostgreSQL may take for a comparison; left out: as the server is set");
    return keys.into(
        v -> new Verify(v.get(invariants), v.get(counts), v.get(parallel).map(Math::toIntExact)));
  }

  /** The same shape as JSON Schema, for editors. */
  public static ObjectNode schema() {
    return Definitions.document(SCHEMA_ID, "Rubicon runbook", runbook());
  }
}
