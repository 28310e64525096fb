package dev.rubicon.preflight.scratch;

import dev.rubicon.postgres.PgSession;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A lock that the session's transaction holds on a relation, with all that is asked of it behind a
 * statement: a look at the locks goes through those of the whole server.
 *
 * @param table the relation, or the table of an index: renaming an index locks nothing else
 * @param file the relation's, which it gets another of only under a lock; empty where it is gone
 * @param own whether the relation is this database's, not one that all share
 * @param guarded whether it may be one that {@link ScratchGuard} refuses
 */
public record HeldLock(
    long relation, long table, String mode, Optional<Long> file, boolean own, boolean guarded) {
  private static final String QUERY =
      """
      SELECT l.relation::bigint, coalesce(i.indrelid, l.relation)::bigint, l.mode,
             c.relfilenode::bigint, l.database <> 0,
             l.mode NOT IN ('AccessShareLock', 'RowShareLock')
               AND (l.database = 0 OR c.relkind = 'f')
      FROM pg_locks l
      LEFT JOIN pg_index i ON i.indexrelid = l.relation AND l.database <> 0
      LEFT JOIN pg_class c ON c.oid = l.relation
      WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.granted
        AND l.database IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
      """;

  /** Those that clients' statements take. */
  private static final Set<String> WEAK =
      Set.of("AccessShareLock", "RowShareLock", "RowExclusiveLock");

  public static List<HeldLock> of(PgSession session) {
    return session.query(QUERY, HeldLock::read);
  }

  /** Tables of this database that no client changes meanwhile. */
  public static Set<Long> strong(List<HeldLock> held) {
    return held.stream()
        .filter(lock -> lock.own() && !WEAK.contains(lock.mode()))
        .map(HeldLock::table)
        .collect(Collectors.toSet());
  }

  private static HeldLock read(ResultSet row) throws SQLException {
    return new HeldLock(
        row.getLong(1),
        row.getLong(2),
        row.getString(3),
        Optional.ofNullable(row.getObject(4, Long.class)),
        row.getBoolean(5),
        row.getBoolean(6));
  }
}
