package dev.rubicon.locks;

import dev.rubicon.blocked.PreparedTransactions;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A session whose lock on a relation keeps Rubicon's waiting, or a prepared transaction, which has
 * no session.
 *
 * @param pid 0 for a prepared transaction
 * @param applicationName of a prepared transaction its name, as COMMIT PREPARED wants it
 */
public record Blocker(
    int pid, String applicationName, String state, double transactionSeconds, String lock) {

  /** Whether it holds what VACUUM and ANALYZE hold, which no client's statement does. */
  public boolean maintenance() {
    return lock.equals("ShareUpdateExclusiveLock");
  }

  /** Who holds locks on these relations now; oldest transaction first. */
  public static List<Blocker> on(PgSession session, List<RelationName> relations) {
    return session.query(
        """
        SELECT * FROM (
          SELECT DISTINCT ON (coalesce(a.xact_start, p.prepared), l.pid, p.gid)
                 coalesce(l.pid, 0),
                 coalesce(nullif(a.application_name, ''), a.backend_type, quote_literal(p.gid), ''),
                 coalesce(a.state, CASE WHEN p.gid IS NOT NULL THEN 'prepared' END, ''),
                 extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, p.prepared)), l.mode
          FROM pg_locks l
          LEFT JOIN pg_stat_activity a ON a.pid = l.pid
          LEFT JOIN %s
          JOIN pg_class c ON c.oid = l.relation
          JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE l.granted AND l.locktype = 'relation' AND l.pid IS DISTINCT FROM pg_backend_pid()
            AND (a.pid IS NOT NULL OR p.gid IS NOT NULL)
            AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND format('%%I.%%I', n.nspname, c.relname) IN (SELECT unnest(?::text[]))
          ORDER BY coalesce(a.xact_start, p.prepared), l.pid, p.gid, l.mode) held
        LIMIT 10
        """
            .formatted(PreparedTransactions.HOLDING),
        row ->
            new Blocker(
                row.getInt(1),
                row.getString(2),
                row.getString(3),
                row.getDouble(4),
                row.getString(5)),
        array(session, relations));
  }

  private static Object array(PgSession session, List<RelationName> relations) {
    return relations.stream()
        .map(r -> session.value("SELECT format('%I.%I', ?::text, ?::text)", r.schema(), r.name()))
        .map(name -> '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
        .collect(Collectors.joining(",", "{", "}"));
  }

  /**
   * Ends those whose transaction has been open for that long; not a session that has begun another
   * transaction meanwhile. Rubicon's own sessions, the server's processes and, unless the role is
   * one, superusers are left alone.
   *
   * @return the sessions that were ended
   */
  public static List<Blocker> terminate(PgSession session, List<Blocker> blockers, Duration grace) {
    return blockers.stream()
        .filter(
            blocker ->
                session
                    .first(
                        """
                        SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a
                        WHERE a.pid = ? AND a.backend_type = 'client backend'
                          AND a.application_name NOT LIKE 'rubicon/%'
                          AND a.datname = current_database()
                          AND ((SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
                               OR NOT (SELECT rolsuper FROM pg_roles WHERE oid = a.usesysid))
                          AND a.xact_start < clock_timestamp() - make_interval(secs => ?)
                        """,
                        row -> row.getBoolean(1), blocker.pid(), grace.toMillis() / 1000.0)
                    .orElse(false))
        .toList();
  }

  /** For people. */
  public static String describe(List<Blocker> blockers) {
    return blockers.isEmpty()
        ? "nobody any more"
        : blockers.stream().map(Blocker::describe).collect(Collectors.joining("; "));
  }

  public String describe() {
    if (pid == 0) {
      return "the prepared transaction %s (for %.1f s, %s): COMMIT PREPARED or ROLLBACK PREPARED ends it"
          .formatted(applicationName, transactionSeconds, lock);
    }
    // PostgreSQL shows what a session does only to members of its role.
    String does =
        state.isEmpty()
            ? ""
            : "%s, transaction open for %.1f s, ".formatted(state, transactionSeconds);
    return "pid %d (%s, %s%s)"
        .formatted(pid, applicationName.isEmpty() ? "no name" : applicationName, does, lock);
  }
}
