package dev.rubicon.transition.shadow;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import java.util.List;

/** Owners and privileges of what belongs to a relation but does not follow its own. */
public final class PartGrants {
  private PartGrants() {}

  /** Partitions belong to the owner of legacy, who else could not alter the table any more. */
  public static List<String> partitions(PgSession session, long legacy, long canonical) {
    return session.query(
        """
        SELECT format('ALTER TABLE %I.%I OWNER TO %I', n.nspname, p.relname, o.rolname)
        FROM pg_partition_tree(?::bigint::oid::regclass) t
        JOIN pg_class p ON p.oid = t.relid JOIN pg_namespace n ON n.oid = p.relnamespace
        JOIN pg_class l ON l.oid = ?::bigint::oid JOIN pg_roles o ON o.oid = l.relowner
        WHERE t.level > 0 AND p.relowner <> l.relowner
          AND has_schema_privilege(o.oid, n.oid, 'CREATE')
        ORDER BY t.level, 1
        """,
        row -> row.getString(1), canonical, legacy);
  }

  /** What is granted by column on legacy, for a view of the columns that the plan knows. */
  public static List<String> columns(PgSession session, Side legacy, RelationName view) {
    record Grant(String column, String sql) {}
    return session
        .query(
            """
            SELECT t.attname,
                   format('GRANT %s (%I) ON %s TO %s%s', a.privilege_type, t.attname, ?::text,
                          coalesce(quote_ident(r.rolname), 'PUBLIC'),
                          CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' END)
            FROM pg_attribute t CROSS JOIN aclexplode(t.attacl) a
            LEFT JOIN pg_roles r ON r.oid = a.grantee
            WHERE t.attrelid = ?::bigint::oid AND t.attnum > 0 AND NOT t.attisdropped
            ORDER BY t.attnum, 2
            """,
            row -> new Grant(row.getString(1), row.getString(2)), view.sql(), legacy.oid())
        .stream()
        .filter(grant -> legacy.columns().stream().anyMatch(c -> c.name().equals(grant.column())))
        .map(Grant::sql)
        .toList();
  }

  /**
   * Whoever may draw from legacy's sequences may draw from canonical's; where legacy numbers its
   * rows without one of which a client needs a privilege (an identity column, for one), whoever may
   * insert. An INSERT that leaves the key to its default needs USAGE (PostgreSQL documentation,
   * "CREATE SEQUENCE").
   */
  public static List<String> sequences(PgSession session, long legacy, long canonical) {
    record Grant(String privilege, String sequence, String grantee, boolean grantable) {}
    return session
        .query(
            """
            WITH drawn AS (
              SELECT r.oid AS relation, s.oid, s.relacl, s.relowner,
                     quote_ident(n.nspname) || '.' || quote_ident(s.relname) AS name
              FROM pg_class r CROSS JOIN pg_class s
              JOIN pg_namespace n ON n.oid = s.relnamespace
              WHERE r.oid IN (?::bigint::oid, ?::bigint::oid) AND s.relkind = 'S' AND s.oid IN (
                SELECT u.refobjid FROM pg_attrdef d
                JOIN pg_depend u ON u.classid = 'pg_attrdef'::regclass AND u.objid = d.oid
                WHERE d.adrelid = r.oid
                UNION ALL
                -- Owned: while the transition lasts, canonical's default draws from legacy's.
                SELECT o.objid FROM pg_depend o
                WHERE o.classid = 'pg_class'::regclass AND o.deptype = 'a'
                  AND o.refclassid = 'pg_class'::regclass AND o.refobjid = r.oid)),
            granted AS (
              SELECT a.privilege_type, a.grantee, a.is_grantable
              FROM drawn CROSS JOIN aclexplode(drawn.relacl) a
              WHERE drawn.relation = ?::bigint::oid AND a.grantee <> drawn.relowner
              UNION
              SELECT 'USAGE', a.grantee, false
              FROM pg_class c
              CROSS JOIN LATERAL (
                SELECT * FROM aclexplode(c.relacl)
                UNION ALL
                SELECT x.* FROM pg_attribute t CROSS JOIN aclexplode(t.attacl) x
                WHERE t.attrelid = c.oid) a
              WHERE c.oid = ?::bigint::oid AND a.privilege_type = 'INSERT'
                AND a.grantee <> c.relowner
                AND NOT EXISTS (SELECT FROM drawn WHERE drawn.relation = c.oid))
            SELECT DISTINCT granted.privilege_type, drawn.name, coalesce(r.rolname, ''),
                   granted.is_grantable
            FROM granted CROSS JOIN drawn LEFT JOIN pg_roles r ON r.oid = granted.grantee
            WHERE drawn.relation = ?::bigint::oid
              AND NOT EXISTS (SELECT FROM aclexplode(drawn.relacl) has
                              WHERE has.grantee = granted.grantee
                                AND has.privilege_type = granted.privilege_type)
            ORDER BY 2, 3, 1
            """,
            row ->
                new Grant(row.getString(1), row.getString(2), row.getString(3), row.getBoolean(4)),
            legacy,
            canonical,
            legacy,
            legacy,
            canonical)
        .stream()
        .map(
            grant ->
                "GRANT "
                    + grant.privilege()
                    + " ON SEQUENCE "
                    + grant.sequence()
                    + " TO "
                    + (grant.grantee().isEmpty() ? "PUBLIC" : Identifiers.quote(grant.grantee()))
                    + (grant.grantable() ? " WITH GRANT OPTION" : ""))
        .toList();
  }
}
