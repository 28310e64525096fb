package dev.rubicon.compare;

import dev.rubicon.engine.Progress;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import dev.rubicon.postgres.server.ServerEncoding;
import java.util.ArrayList;
import java.util.List;

/**
 * One read-only moment of a database, for as many connections as it takes. The first one holds it
 * and keeps the relations from being rewritten; it ends with that one.
 */
final class Snapshot implements AutoCloseable {
  /** What the text of a value depends on, and what would make a scan other than it looks. */
  private static final String PINNED =
      """
      SET DateStyle = 'ISO, YMD';
      SET IntervalStyle = 'postgres';
      SET TimeZone = 'UTC';
      SET extra_float_digits = 1;
      SET bytea_output = 'hex';
      SET lc_monetary = 'C';
      SET xmloption = 'content';
      SET row_security = off;
      SET cursor_tuple_fraction = 1;
      SET jit = off;
      SET work_mem = '64MB';
      SET max_parallel_workers_per_gather = 0;
      SET idle_in_transaction_session_timeout = 0;
      """;

  private final Target target;
  private final SessionTag tag;
  private final Progress progress;
  private final List<PgSession> sessions = new ArrayList<>();
  private final List<Progress.Handle> handles = new ArrayList<>();
  private String id = "";

  private Snapshot(Target target, SessionTag tag, Progress progress) {
    this.target = target;
    this.tag = tag;
    this.progress = progress;
  }

  /**
   * @param tables that must stay what they are; the lock is the one that any SELECT takes
   */
  static Snapshot take(
      Target target, SessionTag tag, Progress progress, List<RelationName> tables) {
    var snapshot = new Snapshot(target, tag, progress);
    boolean taken = false;
    try {
      PgSession first = snapshot.open();
      ServerEncoding.require(first);
      first.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
      // Before the snapshot: a table truncated in between would look empty to it.
      for (RelationName table : tables) {
        first.execute("LOCK TABLE " + table.sql() + " IN ACCESS SHARE MODE");
      }
      snapshot.id = first.value("SELECT pg_export_snapshot()");
      taken = true;
      return snapshot;
    } finally {
      if (!taken) {
        snapshot.close();
      }
    }
  }

  /** The connection that holds it. */
  PgSession holder() {
    return sessions.getFirst();
  }

  /** One more connection that sees what the holder sees. */
  PgSession reader() {
    PgSession session = open();
    session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    session.execute("SET TRANSACTION SNAPSHOT '" + id + "'");
    return session;
  }

  private PgSession open() {
    PgSession session = PgSession.open(target, tag, SessionLimits.SCAN);
    sessions.add(session);
    handles.add(progress.cancelsWith(session));
    session.execute(PINNED);
    return session;
  }

  @Override
  public void close() {
    handles.forEach(Progress.Handle::close);
    sessions.reversed().forEach(PgSession::close);
  }
}
