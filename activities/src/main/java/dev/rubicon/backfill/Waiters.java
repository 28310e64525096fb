package dev.rubicon.backfill;

import dev.rubicon.postgres.PgSession;

/**
 * Clients that wait for the end of this transaction, because it holds a row that they write.
 *
 * <p>Source: PostgreSQL documentation, section 54.12, "pg_locks": who waits for a row is shown
 * waiting for the transaction that has it.
 */
final class Waiters {
  private static final String ANY =
      """
      SELECT EXISTS (
        SELECT FROM pg_catalog.pg_locks
        WHERE locktype = 'transactionid' AND NOT granted
          AND transactionid = pg_catalog.pg_current_xact_id_if_assigned()::pg_catalog.xid)
      """;

  private Waiters() {}

  static boolean any(PgSession session) {
    return session.value(ANY).equals("t");
  }
}
