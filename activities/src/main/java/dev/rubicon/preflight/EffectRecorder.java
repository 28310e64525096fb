package dev.rubicon.preflight;

import dev.rubicon.catalog.CatalogChange;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SqlFailure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs statements one by one, each in a transaction of its own, and watches from inside what they
 * lock, rewrite and scan. The copy holds no rows; that a statement reads a table from end to end
 * shows in the transaction's own scan counter all the same.
 */
final class EffectRecorder {
  private static final List<String> STRENGTH =
      List.of(
          "AccessExclusiveLock",
          "ExclusiveLock",
          "ShareRowExclusiveLock",
          "ShareLock",
          "ShareUpdateExclusiveLock",
          "RowExclusiveLock",
          "RowShareLock",
          "AccessShareLock");

  private static final String RELATIONS =
      """
      SELECT c.oid::bigint, n.nspname || '.' || c.relname AS name
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname <> 'information_schema'
        AND NOT starts_with(n.nspname, 'pg_')
      """;

  private static final String STATE =
      """
      SELECT c.oid::bigint, c.relfilenode::bigint, pg_stat_get_xact_numscans(c.oid)
      FROM pg_class c WHERE c.oid = ANY (?::oid[])
      """;

  private static final String LOCKS =
      """
      SELECT relation::bigint, mode FROM pg_locks
      WHERE pid = pg_backend_pid() AND locktype = 'relation' AND granted
        AND relation = ANY (?::oid[])
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      """;

  private final PgSession session;
  private final WatchedCatalog catalog;
  private final Map<Long, String> relations;
  private final String oids;

  /**
   * Watches what is there now: what the target has before the change.
   *
   * @param now what stands in the schemas
   */
  EffectRecorder(PgSession session, List<String> schemas, CatalogSnapshot now) {
    this.session = session;
    this.catalog = new WatchedCatalog(session, schemas, now);
    this.relations = new LinkedHashMap<>();
    session.query(RELATIONS, row -> relations.put(row.getLong(1), row.getString(2)));
    this.oids =
        "{" + String.join(",", relations.keySet().stream().map(String::valueOf).toList()) + "}";
  }

  /** What was seen, and what became of what the target has; nothing when it failed. */
  record Observed(Effect effect, List<CatalogChange> changes) {}

  private record State(long file, long scans) {}

  Observed run(SqlScript.Statement statement) {
    session.execute("BEGIN");
    long start = System.nanoTime();
    try {
      Map<Long, State> was = state();
      start = System.nanoTime();
      session.execute(statement.sql());
      double milliseconds = since(start);
      Map<Long, State> is = state();
      List<Effect.Lock> locks = locks();
      List<CatalogChange> changes = catalog.changes();
      session.execute("COMMIT");
      return new Observed(
          new Effect(
              statement.position(),
              statement.brief(),
              locks,
              changed(was, is, true),
              changed(was, is, false),
              milliseconds,
              "",
              ""),
          changes);
    } catch (RubiconException e) {
      return new Observed(failure(statement, since(start), e), List.of());
    }
  }

  /** A statement that ends transactions itself: what it locked is gone when it is done. */
  Observed runAlone(SqlScript.Statement statement) {
    Map<Long, State> was = state();
    long start = System.nanoTime();
    try {
      session.execute(statement.sql());
    } catch (RubiconException e) {
      return new Observed(failure(statement, since(start), e), List.of());
    }
    double milliseconds = since(start);
    List<String> rewritten = changed(was, state(), true);
    return new Observed(
        new Effect(
            statement.position(),
            statement.brief(),
            List.of(),
            rewritten,
            List.of(),
            milliseconds,
            "",
            ""),
        catalog.everything());
  }

  private Effect failure(SqlScript.Statement statement, double milliseconds, RubiconException e) {
    if (e.code() == ErrorCode.CONNECTION_LOST || e.code() == ErrorCode.DISK_FULL) {
      throw e;
    }
    session.execute("ROLLBACK");
    return new Effect(
        statement.position(),
        statement.brief(),
        List.of(),
        List.of(),
        List.of(),
        milliseconds,
        e.getMessage(),
        SqlFailure.state(e));
  }

  private Map<Long, State> state() {
    var state = new LinkedHashMap<Long, State>();
    session.query(
        STATE, row -> state.put(row.getLong(1), new State(row.getLong(2), row.getLong(3))), oids);
    return state;
  }

  private List<Effect.Lock> locks() {
    return session
        .query(LOCKS, row -> new Effect.Lock(relations.get(row.getLong(1)), row.getString(2)), oids)
        .stream()
        .sorted(
            java.util.Comparator.<Effect.Lock>comparingInt(lock -> STRENGTH.indexOf(lock.mode()))
                .thenComparing(Effect.Lock::relation))
        .toList();
  }

  private List<String> changed(Map<Long, State> was, Map<Long, State> is, boolean files) {
    var names = new ArrayList<String>();
    was.forEach(
        (oid, before) -> {
          State after = is.get(oid);
          if (after != null
              && (files ? after.file() != before.file() : after.scans() > before.scans())) {
            names.add(relations.get(oid));
          }
        });
    return names.stream().sorted().toList();
  }

  private static double since(long start) {
    return Math.round((System.nanoTime() - start) / 1e4) / 100.0;
  }
}
