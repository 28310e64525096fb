package dev.rubicon.blocked;

/**
 * Transactions of PREPARE TRANSACTION hold their locks without a session, until somebody ends them
 * by name. {@code pg_locks} shows them without a pid, under the virtual transaction of whoever
 * prepared them.
 *
 * <p>Source: PostgreSQL documentation, 54.12 pg_locks, 54.17 pg_prepared_xacts.
 */
public final class PreparedTransactions {
  /** Joins {@code p (virtualtransaction, gid, prepared)} to {@code pg_locks l}. */
  public static final String HOLDING =
      """
      (SELECT x.virtualtransaction, t.gid, t.prepared
       FROM pg_catalog.pg_prepared_xacts t
       JOIN pg_catalog.pg_locks x ON x.transactionid = t.transaction
         AND x.locktype = 'transactionid' AND x.granted AND x.pid IS NULL) p
      ON l.pid IS NULL AND l.virtualtransaction = p.virtualtransaction\
      """;

  private PreparedTransactions() {}

  /**
   * What ends it, taking its work back.
   *
   * @param literal its name, quoted
   */
  static String rollback(String literal) {
    return "ROLLBACK PREPARED " + literal;
  }
}
