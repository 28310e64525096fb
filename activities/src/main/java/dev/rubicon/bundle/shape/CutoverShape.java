package dev.rubicon.bundle.shape;

import static dev.rubicon.yaml.Lists.atLeastOne;
import static dev.rubicon.yaml.Lists.distinct;
import static dev.rubicon.yaml.Lists.list;
import static dev.rubicon.yaml.Scalars.parsed;
import static dev.rubicon.yaml.Scalars.text;
import static dev.rubicon.yaml.Scalars.word;

import dev.rubicon.runbook.Runbook.Cutover;
import dev.rubicon.runbook.Runbook.Invariant;
import dev.rubicon.runbook.Runbook.OnSmokeFailure;
import dev.rubicon.runbook.Runbook.Window;
import dev.rubicon.yaml.Decoder;
import dev.rubicon.yaml.Durations;
import dev.rubicon.yaml.Keys;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;

/** The crossing: window, locks, stamps, hooks. */
final class CutoverShape {
  private CutoverShape() {}

  static Decoder<Cutover> cutover() {
    var keys = new Keys();
    var window =
        keys.optional("window", window(), "when the crossing may happen; left out: always");
    var readOnly =
        keys.optional(
            "read-only",
            Durations.positive(),
            "clients are held read-only for at most this long around the swap");
    var lockTimeout =
        keys.or(
            "lock-timeout",
            Durations.positive(),
            "100ms",
            "of each attempt; clients stall for at most that long");
    var budget = keys.or("budget", Durations.positive(), "5m", "how long attempts go on");
    var stamps =
        keys.or(
            "stamps",
            Distinct.by(list(StampShape.stamp()), "table", StampShape::table),
            "[]",
            "version tables of the owner's own migration tool");
    var postConditions =
        keys.or("post-conditions", invariants(), "[]", "checked before the commit");
    var deploy =
        keys.optional("deploy", CheckShape.call(), "after the commit: traffic to the new build");
    var rollbackDeploy =
        keys.optional(
            "rollback-deploy", CheckShape.call(), "on rollback: traffic to the old build");
    var onSmokeFailure =
        keys.or(
            "on-smoke-failure",
            word(OnSmokeFailure.class),
            "rollback",
            "when a smoke check fails right after the crossing");
    var terminate =
        keys.optional(
            "terminate-blockers-after",
            Durations.positive(),
            "who keeps the crossing waiting with a transaction open for that long is ended");
    return keys.into(
        v -> {
          if (v.get(budget).compareTo(v.get(lockTimeout)) < 0) {
            v.problem(budget, "is shorter than one attempt (lock-timeout)");
          } else if (v.get(terminate).filter(t -> t.compareTo(v.get(budget)) >= 0).isPresent()) {
            v.problem(terminate, "is not shorter than the budget: nobody would ever be ended");
          }
          if (v.has(deploy) && !v.has(rollbackDeploy)) {
            v.problem(
                deploy, "has no 'rollback-deploy': a rollback could not switch the traffic back");
          }
          return new Cutover(
              v.get(window),
              v.get(readOnly),
              v.get(lockTimeout),
              v.get(budget),
              v.get(stamps),
              v.get(postConditions),
              v.get(deploy),
              v.get(rollbackDeploy),
              v.get(onSmokeFailure),
              v.get(terminate));
        });
  }

  /** Queries that must return no rows, by name. */
  static Decoder<List<Invariant>> invariants() {
    var keys = new Keys();
    var name = keys.required("name", text(), "what it is called in outputs");
    var sql = keys.required("sql", OneSql.query(), "a query that must return no rows");
    return Distinct.by(
        list(keys.into(v -> new Invariant(v.get(name), v.get(sql))).named("invariant")),
        "name",
        Invariant::name);
  }

  private static Decoder<Window> window() {
    var words = new LinkedHashMap<String, DayOfWeek>();
    for (DayOfWeek day : DayOfWeek.values()) {
      words.put(day.name().substring(0, 3).toLowerCase(Locale.ROOT), day);
    }
    var keys = new Keys();
    var days =
        keys.or(
            "days",
            distinct(atLeastOne(word(words))),
            "[mon, tue, wed, thu, fri, sat, sun]",
            "days on which it opens");
    var from = keys.required("from", time(), "when it opens, HH:MM");
    var to = keys.required("to", time(), "when it closes, HH:MM; before 'from': the next day");
    var zone =
        keys.or(
            "zone",
            parsed(
                "\\S",
                "a time zone such as UTC or Europe/Berlin",
                text -> {
                  try {
                    return ZoneId.of(text);
                  } catch (DateTimeException e) {
                    throw new IllegalArgumentException(e);
                  }
                }),
            "UTC",
            "time zone of these times");
    return keys.into(
        v -> {
          if (v.get(from).equals(v.get(to))) {
            v.problem(to, "closes when it opens");
          }
          return new Window(v.get(days), v.get(from), v.get(to), v.get(zone));
        });
  }

  private static Decoder<LocalTime> time() {
    return parsed(
        "^([01][0-9]|2[0-3]):[0-5][0-9]$",
        "a time such as 02:00",
        text -> {
          if (!text.matches("([01][0-9]|2[0-3]):[0-5][0-9]")) {
            throw new IllegalArgumentException("no time");
          }
          return LocalTime.parse(text);
        });
  }
}
