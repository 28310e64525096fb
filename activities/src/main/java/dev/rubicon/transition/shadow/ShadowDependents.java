package dev.rubicon.transition.shadow;

import dev.rubicon.postgres.PgSession;
import dev.rubicon.table.Dependent;
import java.util.List;
import java.util.Optional;

/** What hangs on the legacy relation and does not follow to canonical. */
public final class ShadowDependents {
  private ShadowDependents() {}

  /** What the owner must know. */
  public static List<Dependent> of(PgSession session, ShadowPlan plan) {
    String legacy = plan.legacy().name().toString();
    return session.query(
        """
        SELECT 'view', v.oid::regclass::text,
               'goes on reading ' || ? || ', which contract takes away: rebuild it over canonical',
               format('DROP %s IF EXISTS %s CASCADE',
                      CASE v.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END,
                      v.oid::regclass)
        FROM pg_class v
        WHERE v.relkind IN ('v', 'm')
          AND v.oid IN (SELECT r.ev_class FROM pg_rewrite r
                        JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                        WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid
                          AND r.ev_class <> t.oid)
        UNION ALL
        SELECT 'trigger', g.tgname, 'fires on ' || ? || ' only, until contract: canonical has its own, or none', NULL
        FROM pg_trigger g WHERE g.tgrelid = t.oid AND NOT g.tgisinternal
        UNION ALL
        SELECT 'policy', p.polname, 'guards ' || ? || ' only: canonical needs its own', NULL
        FROM pg_policy p WHERE p.polrelid = t.oid
        UNION ALL
        SELECT 'column-privilege', a.attname, 'is granted on ' || ? || ' by column: grant it on canonical', NULL
        FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attacl IS NOT NULL
        ORDER BY 1, 2
        """
            .replace("t.oid", plan.legacy().oid() + "::bigint::oid"),
        row ->
            new Dependent(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                Optional.ofNullable(row.getString(4))),
        legacy,
        legacy,
        legacy,
        legacy);
  }
}
