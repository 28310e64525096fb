package dev.rubicon.blocked;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A relation that another session holds so that not even its definition can be read, as {@code
 * VACUUM FULL}, {@code TRUNCATE} and most of ALTER TABLE do.
 *
 * @param relation {@code schema.name}
 * @param pid 0 where a prepared transaction holds it, which has no session
 * @param application as it calls itself; may be empty; the name of a prepared transaction
 */
public record UnreadableRelation(String relation, int pid, String application, long seconds) {
  private static final int NAMED = 5;

  private static final String HELD =
      """
      SELECT n.nspname || '.' || c.relname, coalesce(l.pid, 0),
             coalesce(a.application_name, quote_literal(p.gid), ''),
             coalesce(extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, p.prepared)),
                      0)::bigint
      FROM pg_locks l
      JOIN pg_class c ON c.oid = l.relation AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
      JOIN pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN pg_stat_activity a ON a.pid = l.pid
      LEFT JOIN %s
      WHERE l.locktype = 'relation' AND l.granted AND l.mode = 'AccessExclusiveLock'
        AND l.pid IS DISTINCT FROM pg_backend_pid() AND n.nspname <> 'pg_toast'
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      ORDER BY 1, 2
      """
          .formatted(PreparedTransactions.HOLDING);

  public static List<UnreadableRelation> all(PgSession session) {
    return session.query(
        HELD,
        row ->
            new UnreadableRelation(
                row.getString(1), row.getInt(2), row.getString(3), row.getLong(4)));
  }

  /** The failure of a reading that waited in vain, with what it waited for. */
  public static RubiconException named(PgSession session, RubiconException waited) {
    List<UnreadableRelation> held = all(session);
    String what =
        held.isEmpty()
            ? "a lock that was given back meanwhile"
            : held.stream()
                    .limit(NAMED)
                    .map(UnreadableRelation::text)
                    .collect(Collectors.joining("; "))
                + (held.size() > NAMED ? "; and " + (held.size() - NAMED) + " more" : "");
    return new RubiconException(
        ErrorCode.LOCK_NOT_ACQUIRED,
        "the catalog could not be read, which waited for " + what,
        held.isEmpty()
            ? "try again"
            : "wait until that transaction has ended, or end it: "
                + held.getFirst().end()
                + "; then try again",
        waited);
  }

  private String end() {
    return pid == 0
        ? PreparedTransactions.rollback(application)
        : "SELECT pg_terminate_backend(" + pid + ")";
  }

  private String text() {
    return relation
        + ", held ACCESS EXCLUSIVE by "
        + (pid == 0 ? "the prepared transaction " + application : "pid " + pid)
        + (pid == 0 || application.isEmpty() ? "" : " (" + application + ")")
        + " for "
        + seconds
        + " s";
  }
}
