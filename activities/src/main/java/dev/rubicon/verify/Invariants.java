package dev.rubicon.verify;

import dev.rubicon.postgres.PgSession;
import dev.rubicon.runbook.Runbook;

/** SQL that must return no rows. */
public final class Invariants {
  private Invariants() {}

  /** How many rows the query returns; their values are not looked at. */
  public static long violations(PgSession session, Runbook.Invariant invariant) {
    String sql = invariant.sql().strip().replaceAll(";\\s*$", "");
    return session
        .written("SELECT count(*) FROM (" + sql + "\n) AS invariant", row -> row.getLong(1))
        .getFirst();
  }
}
