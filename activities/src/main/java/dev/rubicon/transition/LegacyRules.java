package dev.rubicon.transition;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.Runbook;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Rules that only the legacy shape knows. From the cutover on they would refuse what canonical
 * allows, so they are taken away; a rollback brings them back once every row keeps them again.
 */
public final class LegacyRules {
  private LegacyRules() {}

  /**
   * Columns that canonical does not have: those with a {@code down}, and those contract retires.
   */
  public static Set<String> columns(Runbook runbook, TransitionPlan plan) {
    var columns = new LinkedHashSet<String>();
    plan.legacyColumns().filter(l -> l.down().isPresent()).forEach(l -> columns.add(l.name()));
    for (Runbook.LegacyColumn column : runbook.contract().legacyColumns()) {
      if (RelationName.parse(column.relation()).equals(plan.relation())) {
        columns.add(Naming.column(column.column()));
      }
    }
    return columns;
  }

  record Check(String name, String definition, String condition) {}

  /** What stands in the way of rows that only canonical clients wrote. */
  public record Found(List<String> notNull, List<Check> checks) {}

  /** Reads the catalog. */
  public static Found find(PgSession session, Runbook runbook, TransitionPlan plan) {
    TableShape shape = TableShape.read(session, plan.relation());
    Set<String> legacy = columns(runbook, plan);
    Set<String> keys = new LinkedHashSet<>();
    plan.key().forEach(k -> keys.add(k.name()));
    List<String> notNull =
        legacy.stream()
            .filter(column -> !keys.contains(column))
            .filter(column -> shape.column(column).filter(TableShape.Column::notNull).isPresent())
            .toList();
    List<Check> checks =
        session.query(
            """
            SELECT c.conname, pg_get_constraintdef(c.oid), pg_get_expr(c.conbin, c.conrelid)
            FROM pg_constraint c
            JOIN pg_class r ON r.oid = c.conrelid JOIN pg_namespace n ON n.oid = r.relnamespace
            WHERE n.nspname = ? AND r.relname = ? AND c.contype = 'c' AND c.convalidated
              AND c.coninhcount = 0 AND cardinality(c.conkey) > 0 AND c.conname NOT LIKE 'rubicon\\_%'
              AND NOT EXISTS (SELECT FROM unnest(c.conkey) k (attnum)
                              JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum
                              WHERE a.attname NOT IN (SELECT unnest(?::text[])))
            ORDER BY c.conname
            """,
            row -> new Check(row.getString(1), row.getString(2), row.getString(3)),
            plan.relation().schema(),
            plan.relation().name(),
            array(legacy));
    return new Found(notNull, checks);
  }

  /**
   * @param sql takes the rules away
   * @param relaxed how they come back
   */
  record Relaxing(List<String> sql, List<TargetState.Relaxed> relaxed) {}

  /** What takes them away, inside the cutover's transaction. */
  static Relaxing relax(PgSession session, Runbook runbook, TransitionPlan plan) {
    var sql = new ArrayList<String>();
    var relaxed = new ArrayList<TargetState.Relaxed>();
    String table = "ALTER TABLE " + plan.relation().sql() + " ";
    Found found = find(session, runbook, plan);
    for (String column : found.notNull()) {
      String quoted = Identifiers.quote(column);
      sql.add(table + "ALTER COLUMN " + quoted + " DROP NOT NULL");
      relaxed.add(
          new TargetState.Relaxed(
              plan.relation().sql(),
              "NOT NULL of " + column,
              "ALTER COLUMN " + quoted + " SET NOT NULL",
              quoted + " IS NOT NULL"));
    }
    for (Check check : found.checks()) {
      String name = Identifiers.quote(check.name());
      sql.add(table + "DROP CONSTRAINT " + name);
      relaxed.add(
          new TargetState.Relaxed(
              plan.relation().sql(),
              "check " + check.name(),
              "ADD CONSTRAINT " + name + " " + check.definition(),
              check.condition()));
    }
    return new Relaxing(sql, relaxed);
  }

  /**
   * Brings back what every row keeps again, each in a short transaction: a check that is not yet
   * valid, validated under a weak lock, then the rule itself, which PostgreSQL takes from the
   * check.
   *
   * @return what could not be brought back because rows written since break it
   */
  public static List<String> restore(PgSession session, dev.rubicon.engine.PhaseContext context) {
    var left = new ArrayList<TargetState.Relaxed>();
    for (TargetState.Relaxed rule : TargetState.relaxed(session)) {
      RelationName relation = RelationName.parse(rule.relation());
      String table = relation.sql();
      boolean kept =
          session
              .written(
                  "SELECT NOT EXISTS (SELECT FROM "
                      + table
                      + " WHERE NOT ("
                      + rule.validate()
                      + "))",
                  row -> row.getBoolean(1))
              .getFirst();
      if (!kept) {
        left.add(rule);
        continue;
      }
      boolean check = rule.restore().startsWith("ADD CONSTRAINT");
      String name = check ? "" : Identifiers.quote("rubicon_" + Naming.id(relation) + "_legacy");
      String add =
          check
              ? rule.restore() + " NOT VALID"
              : "ADD CONSTRAINT " + name + " CHECK (" + rule.validate() + ") NOT VALID";
      String constraint = check ? constraintName(rule.restore()) : name;
      LockLadder.DDL.run(
          session,
          context.progress(),
          List.of(relation),
          () -> {
            session.execute("ALTER TABLE " + table + " DROP CONSTRAINT IF EXISTS " + constraint);
            session.execute("ALTER TABLE " + table + " " + add);
            return true;
          });
      LockLadder.DDL.validate(session, context.progress(), relation, constraint);
      if (!check) {
        LockLadder.DDL.run(
            session,
            context.progress(),
            List.of(relation),
            () -> {
              session.execute("ALTER TABLE " + table + " " + rule.restore());
              session.execute("ALTER TABLE " + table + " DROP CONSTRAINT " + constraint);
              return true;
            });
      }
    }
    TargetState.relaxed(session, left);
    return left.stream().map(TargetState.Relaxed::what).toList();
  }

  /** The quoted name in {@code ADD CONSTRAINT "name" …}. */
  private static String constraintName(String restore) {
    var matcher =
        java.util.regex.Pattern.compile("^ADD CONSTRAINT (\"(?:[^\"]|\"\")+\")").matcher(restore);
    if (!matcher.find()) {
      throw new IllegalStateException("not one of ours: " + restore);
    }
    return matcher.group(1);
  }

  private static String array(Set<String> names) {
    return names.stream()
        .map(name -> '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
        .collect(java.util.stream.Collectors.joining(",", "{", "}"));
  }
}
