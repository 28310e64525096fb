package dev.rubicon.preflight.trial;

import dev.rubicon.catalog.CatalogChange;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SqlFailure;
import dev.rubicon.preflight.scratch.HeldLock;
import dev.rubicon.preflight.scratch.ScratchGuard;
import dev.rubicon.preflight.scratch.SqlScript;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

  private static final String FILES =
      "SELECT c.oid::bigint, c.relfilenode::bigint FROM pg_class c WHERE c.oid = ANY (?::oid[])";

  /** Counters of earlier transactions may stand in it still. */
  private static final String SCANS =
      """
      SELECT q.oid::bigint, q.scans
      FROM (SELECT o.oid, pg_stat_get_xact_numscans(o.oid) AS scans
            FROM unnest(?::oid[]) AS o (oid)) q
      WHERE q.scans > 0
      """;

  private final PgSession session;
  private final WatchedCatalog catalog;
  private final Map<Long, String> relations;
  private final String oids;
  private final Map<Long, Long> files;
  private final List<String> schemas;

  /**
   * Watches what is there now: what the target has before the change.
   *
   * @param now what stands in the schemas
   */
  EffectRecorder(PgSession session, List<String> schemas, CatalogSnapshot now) {
    this.session = session;
    this.schemas = schemas;
    this.catalog = new WatchedCatalog(session, schemas, now);
    this.relations = new LinkedHashMap<>();
    session.query(RELATIONS, row -> relations.put(row.getLong(1), row.getString(2)));
    this.oids = array(relations.keySet());
    this.files = numbers(FILES, oids);
  }

  /**
   * What was seen, and what became of what the target has; nothing when it failed.
   *
   * @param goneElsewhere relations of schemas that are not looked at, which were dropped or renamed
   */
  record Observed(
      Effect effect, String sql, List<CatalogChange> changes, List<String> goneElsewhere) {}

  Observed run(SqlScript.Statement statement) {
    session.execute("BEGIN");
    long start = System.nanoTime();
    try {
      Map<Long, Long> was = numbers(SCANS, oids);
      start = System.nanoTime();
      session.execute(statement.sql());
      double milliseconds = since(start);
      Map<Long, Long> is = numbers(SCANS, oids);
      List<HeldLock> all = HeldLock.of(session);
      if (all.stream().anyMatch(HeldLock::guarded)) {
        ScratchGuard.require(session, statement.position());
      }
      List<CatalogChange> changes = catalog.changes(HeldLock.strong(all));
      List<HeldLock> held =
          all.stream().filter(l -> l.own() && relations.containsKey(l.relation())).toList();
      List<String> gone = goneElsewhere(held);
      // Only under a lock does a relation get another file.
      var now = new HashMap<Long, Long>();
      held.forEach(lock -> lock.file().ifPresent(file -> now.put(lock.relation(), file)));
      List<String> rewritten = rewritten(now);
      session.execute("COMMIT");
      return new Observed(
          new Effect(
              statement.position(),
              statement.brief(),
              locks(held),
              rewritten,
              named(is.keySet().stream().filter(r -> is.get(r) > was.getOrDefault(r, 0L))),
              milliseconds,
              "",
              ""),
          statement.sql(),
          changes,
          gone);
    } catch (RubiconException e) {
      return failed(statement, since(start), e);
    }
  }

  /** A statement that ends transactions itself: what it locked is gone when it is done. */
  Observed runAlone(SqlScript.Statement statement) {
    long start = System.nanoTime();
    try {
      session.execute(statement.sql());
    } catch (RubiconException e) {
      return failed(statement, since(start), e);
    }
    return new Observed(
        new Effect(
            statement.position(),
            statement.brief(),
            List.of(),
            rewritten(numbers(FILES, oids)),
            List.of(),
            since(start),
            "",
            ""),
        statement.sql(),
        catalog.everything(),
        List.of());
  }

  /** What a file's statements come to in one transaction, as expand runs them; taken back. */
  Optional<Together> together(List<SqlScript.Statement> statements) {
    session.execute("BEGIN");
    try {
      for (SqlScript.Statement statement : statements) {
        try {
          session.execute(statement.sql());
        } catch (RubiconException e) {
          StepTrial.rethrowLost(e);
          return Optional.of(new Together(statement, e.getMessage(), SqlFailure.state(e)));
        }
      }
      requireAfterEach(statements);
      return Optional.empty();
    } finally {
      session.execute("ROLLBACK");
    }
  }

  /**
   * Nothing is committed before this look, and every lock of the transaction is still held: one
   * look tells what a look after each statement would. It grows with the locks, so that one after
   * each is made only to say which statement it was.
   */
  private void requireAfterEach(List<SqlScript.Statement> statements) {
    if (ScratchGuard.shared(session).isPresent()) {
      session.execute("ROLLBACK");
      session.execute("BEGIN");
      for (SqlScript.Statement statement : statements) {
        session.execute(statement.sql());
        ScratchGuard.require(session, statement.position());
      }
    }
  }

  /**
   * @param statement that failed behind those before it
   */
  record Together(SqlScript.Statement statement, String error, String state) {}

  private Observed failed(SqlScript.Statement statement, double milliseconds, RubiconException e) {
    return new Observed(failure(statement, milliseconds, e), statement.sql(), List.of(), List.of());
  }

  /** Whoever drops or renames a relation holds it alone. */
  private List<String> goneElsewhere(List<HeldLock> held) {
    List<Long> alone =
        held.stream()
            .filter(lock -> lock.mode().equals("AccessExclusiveLock"))
            .map(HeldLock::relation)
            .filter(relation -> !ours(relations.get(relation)))
            .toList();
    if (alone.isEmpty()) {
      return List.of();
    }
    var now = new HashMap<Long, String>();
    session.query(RELATIONS, row -> "" + now.put(row.getLong(1), row.getString(2)));
    return named(
        alone.stream().filter(relation -> !relations.get(relation).equals(now.get(relation))));
  }

  private boolean ours(String relation) {
    return schemas.stream().anyMatch(schema -> relation.startsWith(schema + "."));
  }

  private Effect failure(SqlScript.Statement statement, double milliseconds, RubiconException e) {
    if (e.code() == ErrorCode.CONNECTION_LOST || e.code() == ErrorCode.DISK_FULL) {
      throw e;
    }
    session.execute("ROLLBACK");
    if (e.code() == ErrorCode.RUNBOOK_INVALID) {
      throw e;
    }
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

  private List<String> rewritten(Map<Long, Long> is) {
    List<String> names =
        named(
            is.keySet().stream().filter(relation -> !is.get(relation).equals(files.get(relation))));
    files.putAll(is);
    return names;
  }

  private List<Effect.Lock> locks(List<HeldLock> held) {
    return held.stream()
        .map(lock -> new Effect.Lock(relations.get(lock.relation()), lock.mode()))
        .sorted(
            Comparator.<Effect.Lock>comparingInt(lock -> STRENGTH.indexOf(lock.mode()))
                .thenComparing(Effect.Lock::relation))
        .toList();
  }

  private List<String> named(Stream<Long> found) {
    return found.map(relations::get).sorted().toList();
  }

  private Map<Long, Long> numbers(String query, String among) {
    var numbers = new HashMap<Long, Long>();
    session.query(query, row -> numbers.put(row.getLong(1), row.getLong(2)), among);
    return numbers;
  }

  private static String array(Collection<Long> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"));
  }

  private static double since(long start) {
    return Math.round((System.nanoTime() - start) / 1e4) / 100.0;
  }
}
