package dev.rubicon.shadow;

import dev.rubicon.target.Identifiers;
import dev.rubicon.target.PgSession;
import java.util.List;

/** Privileges that others have on one relation, given on another too. */
final class Grants {
  private Grants() {}

  static void copy(PgSession session, long from, String to) {
    record Grant(String privilege, String grantee, boolean grantable) {}
    List<Grant> grants =
        session.query(
            """
            SELECT a.privilege_type, coalesce(r.rolname, ''), a.is_grantable
            FROM pg_class c CROSS JOIN aclexplode(c.relacl) a
            LEFT JOIN pg_roles r ON r.oid = a.grantee
            WHERE c.oid = ?::bigint::oid AND a.grantee <> c.relowner
              AND a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE',
                                       'REFERENCES', 'TRIGGER')
            ORDER BY 2, 1
            """,
            row -> new Grant(row.getString(1), row.getString(2), row.getBoolean(3)),
            from);
    for (Grant grant : grants) {
      session.execute(
          "GRANT "
              + grant.privilege()
              + " ON "
              + to
              + " TO "
              + (grant.grantee().isEmpty() ? "PUBLIC" : Identifiers.quote(grant.grantee()))
              + (grant.grantable() ? " WITH GRANT OPTION" : ""));
    }
  }
}
