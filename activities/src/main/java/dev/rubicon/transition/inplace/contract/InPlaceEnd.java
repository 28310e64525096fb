package dev.rubicon.transition.inplace.contract;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.transition.inplace.InPlacePlan;
import dev.rubicon.transition.inplace.triggers.InPlaceSql;
import dev.rubicon.transition.inplace.triggers.WrappedDefaults;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The statements that end a transition for good, in one transaction per relation. */
public final class InPlaceEnd {
  private InPlaceEnd() {}

  /**
   * @param retired legacy columns that are dropped
   */
  public static List<String> of(PgSession session, InPlacePlan plan, Set<String> retired) {
    String table = "ALTER TABLE " + plan.relation().sql() + " ";
    var sql = new ArrayList<String>(InPlaceSql.dropTriggers(plan));
    plan.canonicalColumns()
        .forEach(
            c -> {
              String column = table + "ALTER COLUMN " + Identifiers.quote(c.name());
              sql.add(
                  c.defaultExpression()
                      .map(d -> column + " SET DEFAULT (" + d + ")")
                      .orElse(column + " DROP DEFAULT"));
            });
    WrappedDefaults wrapped = WrappedDefaults.found(session, plan);
    plan.legacyColumns()
        .filter(l -> !retired.contains(l.name()))
        .forEach(l -> sql.addAll(InPlaceSql.ownDefaults(plan, l, wrapped)));
    retired.forEach(
        column -> sql.add(table + "DROP COLUMN IF EXISTS " + Identifiers.quote(column)));
    sql.add(table + "DROP COLUMN IF EXISTS _rubicon");
    for (InPlacePlan.ColumnRule rule : plan.rules()) {
      if (rule.check().isPresent()) {
        String ours = plan.ruleConstraint(rule, "check");
        // The name that PostgreSQL itself would give, unless it is taken.
        String wanted = plan.relation().name() + "_" + rule.name() + "_check";
        if (wanted.equals(Identifiers.fitting(wanted))
            && has(session, plan, ours)
            && !has(session, plan, wanted)) {
          sql.add(
              table
                  + "RENAME CONSTRAINT "
                  + Identifiers.quote(ours)
                  + " TO "
                  + Identifiers.quote(wanted));
        }
      }
    }
    sql.addAll(InPlaceSql.dropFunctions(plan));
    return sql;
  }

  private static boolean has(PgSession session, InPlacePlan plan, String constraint) {
    return session
        .value(
            """
            SELECT EXISTS (SELECT FROM pg_catalog.pg_constraint c
              JOIN pg_catalog.pg_class r ON r.oid = c.conrelid
              JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
              WHERE n.nspname = ? AND r.relname = ? AND c.conname = ?)
            """,
            plan.relation().schema(),
            plan.relation().name(),
            constraint)
        .equals("t");
  }
}
