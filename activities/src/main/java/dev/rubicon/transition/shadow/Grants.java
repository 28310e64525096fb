package dev.rubicon.transition.shadow;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import java.util.ArrayList;
import java.util.List;

/** One relation's owner and privileges, for another relation. */
public final class Grants {
  private Grants() {}

  /**
   * The same owner, or all privileges for that role where it may not own in that schema; and what
   * it granted.
   *
   * @param kind {@code TABLE} or {@code VIEW}
   */
  public static List<String> of(PgSession session, long from, String kind, RelationName relation) {
    String to = relation.sql();
    record Owner(String name, boolean may) {}
    Owner owner =
        session
            .first(
                """
                SELECT r.rolname, has_schema_privilege(r.oid, n.oid, 'CREATE')
                FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
                JOIN pg_namespace n ON n.nspname = ?
                WHERE c.oid = ?::bigint::oid
                """,
                row -> new Owner(row.getString(1), row.getBoolean(2)),
                relation.schema(),
                from)
            .orElseThrow();
    String role = Identifiers.quote(owner.name());
    var sql = new ArrayList<String>();
    sql.add(
        owner.may()
            ? "ALTER " + kind + " " + to + " OWNER TO " + role
            : "GRANT ALL ON " + to + " TO " + role);
    record Grant(String privilege, String grantee, boolean grantable) {}
    List<Grant> grants =
        session.query(
            """
            SELECT a.privilege_type, coalesce(r.rolname, ''), a.is_grantable
            FROM pg_class c CROSS JOIN aclexplode(c.relacl) a
            LEFT JOIN pg_roles r ON r.oid = a.grantee
            WHERE c.oid = ?::bigint::oid AND a.grantee <> c.relowner
            ORDER BY 2, 1
            """,
            row -> new Grant(row.getString(1), row.getString(2), row.getBoolean(3)),
            from);
    for (Grant grant : grants) {
      sql.add(
          "GRANT "
              + grant.privilege()
              + " ON "
              + to
              + " TO "
              + (grant.grantee().isEmpty() ? "PUBLIC" : Identifiers.quote(grant.grantee()))
              + (grant.grantable() ? " WITH GRANT OPTION" : ""));
    }
    return sql;
  }
}
