package dev.rubicon.golden;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import java.util.List;

/**
 * Owners and grantees that staging lacks. A clone keeps its privileges and policies: without them
 * its catalog fingerprint could not be compared with production's, and a rehearsal would not see
 * what a missing grant breaks. So missing roles are created as placeholders that cannot log in;
 * leaving owners and privileges out would not even be enough, since policies name roles too.
 */
final class StagingRoles {
  private StagingRoles() {}

  /** Returns the roles that were created. */
  static List<String> ensure(PgSession admin, List<String> roles) {
    List<String> there = admin.query("SELECT rolname FROM pg_roles", row -> row.getString(1));
    List<String> missing = roles.stream().filter(role -> !there.contains(role)).toList();
    try {
      for (String role : missing) {
        String name = Identifiers.quote(role);
        admin.execute("CREATE ROLE " + name + " NOLOGIN");
        admin.execute("COMMENT ON ROLE " + name + " IS 'placeholder for clones made by Rubicon'");
      }
      boolean superuser =
          admin.value("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").equals("t");
      if (!superuser) {
        // Before 15 the first superuser owns schema public in every database, the clone's too: that
        // need not be restored, and only a superuser could become a member of that role.
        List<String> strangers =
            admin.query(
                """
                SELECT rolname FROM pg_roles
                WHERE rolname = ANY (?) AND NOT pg_has_role(current_user, oid, 'MEMBER')
                  AND NOT (oid = 10 AND current_setting('server_version_num')::int < 150000)
                """,
                row -> row.getString(1),
                (Object) roles.toArray(String[]::new));
        for (String role : strangers) {
          admin.execute("GRANT " + Identifiers.quote(role) + " TO CURRENT_USER");
        }
      }
    } catch (RubiconException e) {
      if (e.code() != ErrorCode.PRIVILEGE_MISSING) {
        throw e;
      }
      throw new RubiconException(
          ErrorCode.PRIVILEGE_MISSING,
          "staging's role may not create or act as the roles that own things in the backup: "
              + roles,
          "grant staging's role CREATEROLE and membership in them",
          e);
    }
    return missing;
  }
}
