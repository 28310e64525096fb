package dev.rubicon.preflight.scratch;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SqlFailure;
import java.util.Optional;

/**
 * Looks, before a transaction on a scratch database commits, whether it has changed what all
 * databases of the server have in common, or written to another server's tables. However a
 * statement was put together, that shows in the locks which it holds, and a rollback takes it back.
 */
public final class ScratchGuard {
  private static final String SHARED =
      """
      SELECT string_agg(DISTINCT q.name, ', ')
      FROM (SELECT c.relname::text AS name
            FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation
            WHERE l.pid = pg_catalog.pg_backend_pid() AND l.database = 0 AND l.granted
              AND l.mode NOT IN ('AccessShareLock', 'RowShareLock')
              AND c.relname IN ('pg_authid', 'pg_auth_members', 'pg_database', 'pg_db_role_setting',
                                'pg_tablespace', 'pg_parameter_acl', 'pg_subscription',
                                'pg_shdescription', 'pg_shseclabel', 'pg_replication_origin')
            UNION ALL
            SELECT 'foreign table ' || c.oid::pg_catalog.regclass::text
            FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation
            WHERE l.pid = pg_catalog.pg_backend_pid() AND l.granted AND c.relkind = 'f'
              AND l.mode = 'RowExclusiveLock') q
      """;

  /** Fails where something was changed; for statements that are sent together. */
  static final String STATEMENT =
      """
      DO $rubicon$
      DECLARE
        what text := (%s);
      BEGIN
        IF what IS NOT NULL THEN
          RAISE EXCEPTION 'reaches beyond the database that it runs in (%%); it was taken back', what;
        END IF;
      END $rubicon$
      """
          .formatted(SHARED);

  private ScratchGuard() {}

  /** What the session's transaction has changed of it; empty where nothing. */
  public static Optional<String> shared(PgSession session) {
    return session.query(SHARED, row -> Optional.ofNullable(row.getString(1))).stream()
        .flatMap(Optional::stream)
        .findFirst();
  }

  /**
   * Runs SQL in a transaction, looked at before it commits; without one where PostgreSQL refuses
   * that: then it has done nothing yet.
   */
  public static void run(PgSession session, String position, String sql) {
    try {
      session.inTransaction(
          () -> {
            session.execute(sql);
            require(session, position);
            return true;
          });
    } catch (RubiconException e) {
      // It must not be in a transaction, or ends one by itself.
      if (!SqlFailure.state(e).equals("25001") && !SqlFailure.state(e).equals("2D000")) {
        throw e;
      }
      session.execute(sql);
    }
  }

  /**
   * @param position of what ran in the transaction
   * @throws RubiconException RUNBOOK_INVALID; the caller rolls back
   */
  public static void require(PgSession session, String position) {
    shared(session)
        .ifPresent(
            what -> {
              throw new RubiconException(
                  ErrorCode.RUNBOOK_INVALID,
                  position
                      + ": reaches beyond the database that it runs in ("
                      + what
                      + "); it was tried on staging and taken back",
                  "take it out of the runbook and do it by hand, as manual: says; then: rubicon"
                      + " plan");
            });
  }
}
