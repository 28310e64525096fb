package dev.rubicon.postgres;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;

/** Whether a server can be changed: a hot standby answers every question, and takes nothing. */
public final class Primary {
  private Primary() {}

  /**
   * @param name as rubicon.yaml calls it
   * @throws RubiconException TARGET_READ_ONLY
   */
  public static void require(PgSession session, String name) {
    if (session.value("SELECT pg_catalog.pg_is_in_recovery()").equals("t")) {
      throw new RubiconException(
          ErrorCode.TARGET_READ_ONLY,
          "'" + name + "' is a hot standby (in recovery): nothing can be changed there",
          "give '" + name + "' the primary's address in rubicon.yaml; then: rubicon doctor");
    }
  }
}
