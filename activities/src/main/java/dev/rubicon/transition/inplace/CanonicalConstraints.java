package dev.rubicon.transition.inplace;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.locks.ConstraintBuild;
import dev.rubicon.locks.LockEvidence;
import dev.rubicon.locks.Step;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.Runbook;
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
public final class CanonicalConstraints {
  private CanonicalConstraints() {}

  /** Condition and name of each check of a plan. */
  private static Map<String, String> wanted(InPlacePlan plan) {
    var checks = new LinkedHashMap<String, String>();
    for (InPlacePlan.ColumnRule rule : plan.rules()) {
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
  public static Map<String, Long> violations(PgSession session, InPlacePlan plan) {
    var broken = new LinkedHashMap<String, Long>();
    Map<String, Boolean> present = present(session, plan);
    for (InPlacePlan.ColumnRule rule : plan.rules()) {
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

  private static Optional<Long> count(PgSession session, InPlacePlan plan, String condition) {
    long rows =
        session
            .written(
                "SELECT count(*) FROM " + plan.relation().sql() + " WHERE NOT (" + condition + ")",
                row -> row.getLong(1))
            .getFirst();
    return rows == 0 ? Optional.empty() : Optional.of(rows);
  }

  /** What is missing or not validated: checks first, then the foreign keys of the new columns. */
  public static List<ConstraintBuild> missing(
      PgSession session, Runbook runbook, InPlacePlan plan) {
    Map<String, Boolean> present = present(session, plan);
    var add = new ArrayList<String>();
    var validate = new ArrayList<String>();
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
                validate.add(name);
              }
            });
    present.forEach(
        (name, validated) -> {
          if (!validated) {
            validate.add(name);
          }
        });
    String table = "ALTER TABLE " + plan.relation().sql() + "\n  ";
    var missing = new ArrayList<ConstraintBuild>();
    missing.add(
        new ConstraintBuild(
            add.isEmpty()
                ? Optional.empty()
                : Optional.of(
                    Step.of(
                        "constrain " + plan.relation(),
                        table + String.join(",\n  ", add),
                        Step.Lock.exclusive(plan.relation()))),
            validate.stream().map(name -> ConstraintBuild.validate(plan.relation(), name)).toList(),
            LockEvidence.CONSTRAINT_LOCKS.of(plan.relation())));
    missing.addAll(foreignKeys(session, runbook, plan, table));
    return missing;
  }

  /** Keys of the new columns: they wait for the rows, and for the shadows that they point at. */
  private static List<ConstraintBuild> foreignKeys(
      PgSession session, Runbook runbook, InPlacePlan plan, String table) {
    return runbook.transitions().stream()
        .filter(t -> RelationName.parse(t.relation()).equals(plan.relation()))
        .flatMap(t -> t.foreignKeys().stream())
        .map(
            key -> {
              String name = Identifiers.split(key.name()).getFirst();
              String sql =
                  table
                      + "ADD CONSTRAINT "
                      + Identifiers.quote(name)
                      + " "
                      + key.sql()
                      + " NOT VALID";
              return ConstraintBuild.foreignKey(session, plan.relation(), name, sql);
            })
        .toList();
  }

  /**
   * NOT NULL, which PostgreSQL takes from a validated check without reading the table again.
   *
   * @throws RubiconException {@code GATE_NOT_OPEN} where a check is not validated
   */
  public static List<String> setNotNull(PgSession session, InPlacePlan plan) {
    var sql = new ArrayList<String>();
    for (InPlacePlan.ColumnRule rule : plan.rules()) {
      if (!rule.notNull()) {
        continue;
      }
      String check = plan.ruleConstraint(rule, "not_null");
      if (!ConstraintBuild.validated(session, plan.relation(), check).orElse(false)) {
        throw new RubiconException(
            ErrorCode.GATE_NOT_OPEN,
            "the check behind NOT NULL of "
                + plan.relation()
                + "."
                + rule.name()
                + " is not validated",
            "verify again: the rollout does so before each cutover");
      }
      String table = "ALTER TABLE " + plan.relation().sql();
      sql.add(table + " ALTER COLUMN " + Identifiers.quote(rule.name()) + " SET NOT NULL");
      sql.add(table + " DROP CONSTRAINT " + Identifiers.quote(check));
    }
    return sql;
  }

  private static Map<String, Boolean> present(PgSession session, InPlacePlan plan) {
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
