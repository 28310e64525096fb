package dev.rubicon.verify;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SqlFailure;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.transition.LockLadder;
import dev.rubicon.transition.TransitionPlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Canonical's rules, made known to PostgreSQL without a long lock: added NOT VALID in a short
 * transaction, but only once every row is seen to satisfy them; then validated under a lock that
 * lets reads and writes through. Cutover turns the validated checks into NOT NULL without a scan.
 */
final class Constraints {
  private final PhaseContext context;
  private final LockLadder ladder;

  Constraints(PhaseContext context, LockLadder ladder) {
    this.context = context;
    this.ladder = ladder;
  }

  /** Condition and name of each check of a plan. */
  private static Map<String, String> wanted(TransitionPlan plan) {
    var checks = new LinkedHashMap<String, String>();
    for (TransitionPlan.ColumnRule rule : plan.rules()) {
      if (rule.notNull()) {
        checks.put(
            plan.ruleConstraint(rule, "not_null"), Identifiers.quote(rule.name()) + " IS NOT NULL");
      }
      rule.check().ifPresent(check -> checks.put(plan.ruleConstraint(rule, "check"), check));
    }
    return checks;
  }

  /**
   * How many rows break each rule, in the caller's snapshot; rules that all rows keep are absent,
   * among them those that PostgreSQL has validated and watches over by now.
   */
  static Map<String, Long> violations(PgSession session, TransitionPlan plan) {
    var broken = new LinkedHashMap<String, Long>();
    Map<String, Boolean> present = present(session, plan);
    for (TransitionPlan.ColumnRule rule : plan.rules()) {
      String column = plan.relation() + "." + rule.name();
      if (rule.notNull() && !present.getOrDefault(plan.ruleConstraint(rule, "not_null"), false)) {
        count(session, plan, Identifiers.quote(rule.name()) + " IS NOT NULL")
            .ifPresent(n -> broken.put(column + " not null", n));
      }
      if (rule.check().isPresent()
          && !present.getOrDefault(plan.ruleConstraint(rule, "check"), false)) {
        count(session, plan, rule.check().get()).ifPresent(n -> broken.put(column + " check", n));
      }
    }
    return broken;
  }

  private static Optional<Long> count(PgSession session, TransitionPlan plan, String condition) {
    long rows =
        session
            .written(
                "SELECT count(*) FROM " + plan.relation().sql() + " WHERE NOT (" + condition + ")",
                row -> row.getLong(1))
            .getFirst();
    return rows == 0 ? Optional.empty() : Optional.of(rows);
  }

  /** Adds and validates what is missing. */
  void enforce(PgSession session, TransitionPlan plan, boolean cutOver) {
    if (cutOver) {
      return; // NOT NULL stands in the column by now
    }
    Map<String, Boolean> present = present(session, plan);
    var add = new ArrayList<String>();
    wanted(plan)
        .forEach(
            (name, condition) -> {
              if (!present.containsKey(name)) {
                add.add(
                    "ADD CONSTRAINT "
                        + Identifiers.quote(name)
                        + " CHECK ("
                        + condition
                        + ") NOT VALID");
              }
            });
    String table = "ALTER TABLE " + plan.relation().sql() + "\n  ";
    if (!add.isEmpty()) {
      var locked =
          ladder.run(
              session,
              context.progress(),
              List.of(plan.relation()),
              () -> {
                session.execute(table + String.join(",\n  ", add));
                return add.size();
              });
      context
          .evidence()
          .record(EvidenceNames.CONSTRAINT_LOCKS.of(plan.relation()), locked.attempts());
    }
    for (Map.Entry<String, Boolean> constraint : present(session, plan).entrySet()) {
      if (!constraint.getValue()) {
        validate(session, plan, constraint.getKey());
      }
    }
    foreignKeys(session, plan, table);
  }

  /** Keys of the new columns: they wait for the rows, and for the shadows that they point at. */
  private void foreignKeys(PgSession session, TransitionPlan plan, String table) {
    List<Runbook.ForeignKey> keys =
        context.runbook().transitions().stream()
            .filter(t -> RelationName.parse(t.relation()).equals(plan.relation()))
            .flatMap(t -> t.foreignKeys().stream())
            .toList();
    for (Runbook.ForeignKey key : keys) {
      String name = Identifiers.split(key.name()).getFirst();
      if (valid(session, plan, name).isEmpty()) {
        var locked =
            ladder.run(
                session,
                context.progress(),
                List.of(plan.relation()),
                () -> {
                  session.execute(
                      table
                          + "ADD CONSTRAINT "
                          + Identifiers.quote(name)
                          + " "
                          + key.sql()
                          + " NOT VALID");
                  return true;
                });
        context.evidence().record(EvidenceNames.FOREIGN_KEY_LOCKS.of(name), locked.attempts());
      }
      if (!valid(session, plan, name).orElse(false)) {
        validate(session, plan, name);
      }
    }
  }

  private static Optional<Boolean> valid(PgSession session, TransitionPlan plan, String name) {
    return session.first(
        """
        SELECT c.convalidated FROM pg_constraint c
        JOIN pg_class r ON r.oid = c.conrelid JOIN pg_namespace n ON n.oid = r.relnamespace
        WHERE n.nspname = ? AND r.relname = ? AND c.conname = ?
        """,
        row -> row.getBoolean(1),
        plan.relation().schema(),
        plan.relation().name(),
        name);
  }

  private void validate(PgSession session, TransitionPlan plan, String constraint) {
    context.progress().checkCancelled();
    try (var _ = context.progress().cancelsWith(session)) {
      ladder.validate(session, context.progress(), plan.relation(), Identifiers.quote(constraint));
    } catch (RubiconException e) {
      context.progress().checkCancelled();
      if (SqlFailure.state(e).equals("23514") || SqlFailure.state(e).equals("23503")) {
        throw new RubiconException(
            ErrorCode.INVARIANT_VIOLATED,
            "rows of " + plan.relation() + " break a rule of canonical (" + constraint + ")",
            "see the phase's evidence, mend the data, then resume",
            e.getCause());
      }
      throw e;
    }
  }

  private static Map<String, Boolean> present(PgSession session, TransitionPlan plan) {
    var present = new LinkedHashMap<String, Boolean>();
    session.query(
        """
        SELECT c.conname, c.convalidated FROM pg_constraint c
        JOIN pg_class r ON r.oid = c.conrelid JOIN pg_namespace n ON n.oid = r.relnamespace
        WHERE n.nspname = ? AND r.relname = ? AND c.conname LIKE 'rubicon\\_%' ORDER BY 1
        """,
        row -> present.put(row.getString(1), row.getBoolean(2)) == null,
        plan.relation().schema(),
        plan.relation().name());
    return present;
  }
}
