package dev.rubicon.golden;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import java.util.ArrayList;
import java.util.List;

/**
 * Owners and grantees that staging lacks. A clone keeps its privileges and policies: without them
 * its catalog fingerprint could not be compared with production's, and a rehearsal would not see
 * what a missing grant breaks. So missing roles are created as placeholders that cannot log in;
 * leaving owners and privileges out would not even be enough, since policies name roles too.
 */
public final class StagingRoles {
  /** From 16 on a member may be one that cannot SET ROLE, as who has created a role is at first. */
  private static final int SEPARATE_SET = 160_000;

  private StagingRoles() {}

  /**
   * What is missing so that the roles can be had.
   *
   * @param toCreate absent, and staging's role may not create them
   * @param toGrant of which it must become a member, and cannot by itself
   */
  public record Lacking(List<String> toCreate, List<String> toGrant) {
    public boolean any() {
      return !toGrant.isEmpty();
    }
  }

  /** Looks, and changes nothing. */
  public static Lacking lacking(PgSession admin, List<String> roles) {
    List<String> toCreate =
        admin
                .value(
                    "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
                .equals("t")
            ? List.of()
            : absent(admin, roles);
    var toGrant = new ArrayList<>(strangers(admin, roles));
    toGrant.removeIf(role -> maySelfGrant(admin, role));
    toGrant.addAll(toCreate);
    return new Lacking(toCreate, toGrant.stream().sorted().toList());
  }

  /** Returns the roles that were created. */
  static List<String> ensure(PgSession admin, List<String> roles) {
    List<String> missing = absent(admin, roles);
    try {
      for (String role : missing) {
        String name = Identifiers.quote(role);
        admin.execute("CREATE ROLE " + name + " NOLOGIN");
        admin.execute("COMMENT ON ROLE " + name + " IS 'placeholder for clones made by Rubicon'");
      }
      for (String role : strangers(admin, roles)) {
        admin.execute("GRANT " + Identifiers.quote(role) + " TO CURRENT_USER");
      }
    } catch (RubiconException e) {
      if (e.code() != ErrorCode.PRIVILEGE_MISSING) {
        throw e;
      }
      throw new RubiconException(
          ErrorCode.PRIVILEGE_MISSING,
          "staging's role may not create or act as the roles that own things in the backup: "
              + roles,
          "the statement that grants it: rubicon doctor",
          e);
    }
    return missing;
  }

  private static List<String> absent(PgSession admin, List<String> roles) {
    List<String> there = admin.query("SELECT rolname FROM pg_roles", row -> row.getString(1));
    return roles.stream().filter(role -> !there.contains(role)).toList();
  }

  /** Those that are there, and whose member it is not; a superuser is everybody's. */
  private static List<String> strangers(PgSession admin, List<String> roles) {
    // Before 15 the first superuser owns schema public in every database, the clone's too: that
    // need not be restored, and only a superuser could become a member of that role.
    return admin.query(
        """
        SELECT rolname FROM pg_roles
        WHERE rolname = ANY (?) AND NOT pg_has_role(current_user, oid, '%s')
          AND NOT (oid = 10 AND current_setting('server_version_num')::int < 150000)
        """
            .formatted(version(admin) >= SEPARATE_SET ? "SET" : "MEMBER"),
        row -> row.getString(1),
        (Object) roles.toArray(String[]::new));
  }

  private static boolean maySelfGrant(PgSession admin, String role) {
    return admin
        .value(
            """
            SELECT NOT r.rolsuper
                   AND (me.rolcreaterole AND current_setting('server_version_num')::int < 160000
                        OR pg_has_role(me.oid, r.oid, 'MEMBER WITH ADMIN OPTION'))
            FROM pg_roles r, pg_roles me WHERE r.rolname = ? AND me.rolname = current_user
            """,
            role)
        .equals("t");
  }

  private static int version(PgSession admin) {
    return Integer.parseInt(admin.value("SHOW server_version_num"));
  }
}
