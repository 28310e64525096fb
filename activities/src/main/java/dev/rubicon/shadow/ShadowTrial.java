package dev.rubicon.shadow;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.Runbook;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * On a schema-only copy: what hangs on the legacy relation, and the shape that cutover and contract
 * lead to.
 */
public final class ShadowTrial {
  private ShadowTrial() {}

  /**
   * Something that legacy has and that does not follow to canonical.
   *
   * @param kind {@code view}, {@code trigger}, {@code policy}, {@code column-privilege}
   * @param what it means, for whoever decides
   */
  public record Dependent(String kind, String name, String what) {}

  /** What the owner must know of, each of which the runbook has to allow by name. */
  public static List<Dependent> dependents(PgSession session, ShadowPlan plan) {
    String legacy = plan.legacy().name().toString();
    return session.query(
        """
        SELECT 'view', v.oid::regclass::text,
               'goes on reading ' || ? || ', which contract takes away: rebuild it over canonical'
        FROM pg_class v
        WHERE v.relkind IN ('v', 'm')
          AND v.oid IN (SELECT r.ev_class FROM pg_rewrite r
                        JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                        WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid
                          AND r.ev_class <> t.oid)
        UNION ALL
        SELECT 'trigger', g.tgname, 'fires on ' || ? || ' only, until contract: canonical has its own, or none'
        FROM pg_trigger g WHERE g.tgrelid = t.oid AND NOT g.tgisinternal
        UNION ALL
        SELECT 'policy', p.polname, 'guards ' || ? || ' only: canonical needs its own'
        FROM pg_policy p WHERE p.polrelid = t.oid
        UNION ALL
        SELECT 'column-privilege', a.attname, 'is granted on ' || ? || ' by column: grant it on canonical'
        FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attacl IS NOT NULL
        ORDER BY 1, 2
        """
            .replace("t.oid", plan.legacy().oid() + "::bigint::oid"),
        row -> new Dependent(row.getString(1), row.getString(2), row.getString(3)),
        legacy,
        legacy,
        legacy,
        legacy);
  }

  /** Canonical's foreign keys, while every relation still has the name that it was built under. */
  public static List<String> foreignKeys(ShadowPlan plan) {
    var sql = new ArrayList<String>();
    for (Runbook.ForeignKey key : plan.foreignKeys()) {
      sql.add(
          "ALTER TABLE "
              + plan.canonical().name().sql()
              + " ADD CONSTRAINT "
              + Identifiers.quote(Identifiers.split(key.name()).getFirst())
              + " "
              + key.sql());
    }
    return sql;
  }

  /** The statements that lead to the end, tried one by one by the caller. */
  public static List<String> end(
      PgSession session, ShadowPlan plan, Set<Long> leaving, Runbook.LegacyColumn.Action action) {
    var sql = new ArrayList<String>();
    RelationName canonical = plan.canonical().name();
    for (IncomingKeys.Key key :
        plan.leadsLegacy()
            ? new IncomingKeys(session).of(plan.legacy().oid(), leaving)
            : List.<IncomingKeys.Key>of()) {
      String table = "ALTER TABLE " + key.table().sql();
      sql.add(IncomingKeys.add(plan, key, canonical));
      sql.add(table + " DROP CONSTRAINT " + Identifiers.quote(key.name()));
      sql.add(
          table
              + " RENAME CONSTRAINT "
              + Identifiers.quote(key.twin())
              + " TO "
              + Identifiers.quote(key.name()));
      sql.add(table + " VALIDATE CONSTRAINT " + Identifiers.quote(key.name()));
    }
    var sequences = SharedSequences.of(session, plan.legacy(), plan.canonical());
    sql.addAll(sequences.release());
    if (plan.leadsLegacy() && action != Runbook.LegacyColumn.Action.KEEP) {
      // Other relations that leave point here until they go themselves.
      sql.add("DROP TABLE " + plan.legacy().name().sql() + " CASCADE");
    }
    if (plan.leadsCanonical() && !canonical.equals(plan.to())) {
      sql.add(
          "ALTER TABLE " + canonical.sql() + " RENAME TO " + Identifiers.quote(plan.to().name()));
    }
    sql.addAll(sequences.own(plan.to()));
    return List.copyOf(sql);
  }
}
