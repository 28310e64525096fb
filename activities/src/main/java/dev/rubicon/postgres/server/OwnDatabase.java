package dev.rubicon.postgres.server;

import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SqlFailure;

/** Databases that Rubicon made for itself: scratch, golden, clones, restores that failed. */
public final class OwnDatabase {
  private static final String IN_USE = "55006";
  private static final int ATTEMPTS = 3;

  private OwnDatabase() {}

  /**
   * Ends its sessions and drops it; nothing happens when there is none of that name.
   *
   * <p>Not {@code WITH (FORCE)}: that would terminate autovacuum's worker like a session, which
   * only a superuser may. A plain DROP asks the worker to go, and waits up to five seconds for it
   * and for the sessions that were ended here.
   */
  public static void drop(PgSession admin, String database) {
    for (int attempt = 1; ; attempt++) {
      admin.query(
          """
          SELECT pg_terminate_backend(a.pid)
          FROM pg_stat_activity a
          JOIN pg_roles r ON r.oid = a.usesysid
          WHERE a.datname = ? AND a.pid <> pg_backend_pid()
            AND pg_has_role(r.oid, 'USAGE')
            AND (NOT r.rolsuper OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user))
          """,
          row -> row.getBoolean(1),
          database);
      try {
        admin.execute("DROP DATABASE IF EXISTS " + Identifiers.quote(database));
        return;
      } catch (RubiconException e) {
        // A session may have connected in between.
        if (!SqlFailure.state(e).equals(IN_USE) || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }
}
