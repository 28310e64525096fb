package dev.rubicon.transition.inplace;

import dev.rubicon.installed.TargetState;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.table.Naming;
import dev.rubicon.table.TableShape;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Rules that only the legacy shape knows. From the cutover on they would refuse what canonical
 * allows, so they are taken away; a rollback brings them back once every row keeps them again.
 */
public final class LegacyConstraints {
  private LegacyConstraints() {}

  /**
   * Columns that canonical does not have: those with a {@code down}, and those contract retires.
   */
  public static Set<String> columns(Runbook runbook, InPlacePlan plan) {
    var columns = new LinkedHashSet<String>();
    plan.legacyColumns().filter(l -> l.down().isPresent()).forEach(l -> columns.add(l.name()));
    for (LegacyColumn column : runbook.contract().legacyColumns()) {
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
  public static Found find(PgSession session, Runbook runbook, InPlacePlan plan) {
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
  public record Relaxing(List<String> sql, List<TargetState.Relaxed> relaxed) {}

  /** What takes them away, inside the cutover's transaction. */
  public static Relaxing relax(PgSession session, Runbook runbook, InPlacePlan plan) {
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

  private static String array(Set<String> names) {
    return names.stream()
        .map(name -> '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
        .collect(java.util.stream.Collectors.joining(",", "{", "}"));
  }
}
