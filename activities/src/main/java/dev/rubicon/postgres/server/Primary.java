package dev.rubicon.postgres.server;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;

/** Whether a server can be changed: a hot standby answers every question, and takes nothing. */
public final class Primary {
  private Primary() {}

  /**
   * @param name as rubicon.yaml calls it
   * @throws RubiconException TARGET_READ_ONLY, PRIVILEGE_MISSING where the role or the database is
   *     set to read only
   */
  public static void require(PgSession session, String name) {
    // A session may have set it for itself, to be held to reading.
    String standing =
        session.value(
            """
            SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN 'standby'
                        ELSE (SELECT reset_val FROM pg_catalog.pg_settings
                              WHERE name = 'default_transaction_read_only') END
            """);
    switch (standing) {
      case "standby" ->
          throw new RubiconException(
              ErrorCode.TARGET_READ_ONLY,
              "'" + name + "' is a hot standby (in recovery): nothing can be changed there",
              "give '" + name + "' the primary's address in rubicon.yaml; then: rubicon doctor");
      case "on" ->
          throw new RubiconException(
              ErrorCode.PRIVILEGE_MISSING,
              "sessions on '"
                  + name
                  + "' begin with default_transaction_read_only = on: nothing can be changed",
              "let Rubicon's role write, say by: "
                  + session.value(
                      "SELECT pg_catalog.format('ALTER ROLE %I IN DATABASE %I SET"
                          + " default_transaction_read_only = off', session_user,"
                          + " pg_catalog.current_database())")
                  + "; then: rubicon doctor");
      default -> {
        // It takes writes.
      }
    }
  }
}
