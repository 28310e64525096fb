package dev.rubicon.backup;

import dev.rubicon.engine.EvidenceName;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.locks.Predecessor;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import java.time.Duration;

/**
 * The session that keeps a second backup of the database out, and the transaction in it whose
 * exported snapshot the backup is made of. As long as that is open, the target's vacuum removes
 * nothing that died since; so it has a limit, and is open for no longer than it is needed.
 */
public final class SnapshotHolder implements AutoCloseable {
  /** Under which name it is recorded. */
  public static final EvidenceName<Held> EVIDENCE =
      EvidenceName.of("exported-snapshot", Held.class);

  /** Any constant: it names "backup of this database" among Rubicon's advisory locks. */
  private static final long LOCK = 0x52_75_62_42_61_63_6bL;

  private final PhaseContext context;
  private final PgSession session;
  private final Duration limit;
  private String snapshot = "";
  private String takenAt = "";
  private String xmin = "";
  private volatile long opened;

  private SnapshotHolder(PhaseContext context, PgSession session, Duration limit) {
    this.context = context;
    this.session = session;
    this.limit = limit;
  }

  /**
   * What the snapshot cost the target; evidence.
   *
   * @param xmin what died after this transaction could not be removed meanwhile
   * @param transactions that were begun meanwhile
   */
  public record Held(
      String takenAt, long seconds, long limitSeconds, String xmin, long transactions) {}

  /** Takes the lock; there is no transaction yet. */
  static SnapshotHolder lock(PhaseContext context, Duration limit) {
    PgSession session = context.open(SessionLimits.SCAN);
    boolean locked = false;
    try {
      limit(session, limit);
      TableFingerprints.pin(session);
      boolean alone = locked(session);
      if (!alone) {
        // Temporal gave this attempt to this worker: an earlier one of another worker is over, even
        // if that worker stands still with its transaction open. That transaction only reads.
        Predecessor.end(context, session);
        alone = locked(session);
      }
      if (!alone) {
        throw new RubiconException(
            ErrorCode.TARGET_BUSY,
            "another backup of this database is under way",
            "it is retried; an attempt that lost its worker ends by itself");
      }
      // Their pg_dump may be left, even where the server has ended the session that held the lock.
      Predecessor.end(context, session);
      locked = true;
      return new SnapshotHolder(context, session, limit);
    } finally {
      if (!locked) {
        session.close();
      }
    }
  }

  /** The server keeps the limit too, a little later, for a worker that cannot. */
  private static void limit(PgSession session, Duration limit) {
    long most = Math.min(limit.plusMinutes(1).toMillis(), Integer.MAX_VALUE);
    session.execute("SET statement_timeout = " + most);
    // While pg_dump ends, Fingerprints says every few seconds that the worker lives.
    session.execute("SET idle_in_transaction_session_timeout = '30s'");
    session.query(
        "SELECT set_config(name, ?, false) FROM pg_settings WHERE name = 'transaction_timeout'",
        row -> row.getString(1),
        String.valueOf(most));
  }

  void begin() {
    session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    opened = System.nanoTime();
    takenAt =
        session.value(
            """
            SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
            """);
    snapshot = session.value("SELECT pg_export_snapshot()");
    xmin = session.value("SELECT pg_snapshot_xmin(pg_current_snapshot())");
  }

  private static boolean locked(PgSession session) {
    return session.value("SELECT pg_try_advisory_lock(?)", LOCK).equals("t");
  }

  PgSession session() {
    return session;
  }

  /** What {@code pg_dump --snapshot} takes. */
  String snapshot() {
    return snapshot;
  }

  String takenAt() {
    return takenAt;
  }

  private Duration age() {
    return Duration.ofNanos(System.nanoTime() - opened);
  }

  Duration limit() {
    return limit;
  }

  boolean tooOld() {
    return age().compareTo(limit) > 0;
  }

  /** For the operator. */
  String note() {
    return "snapshot open for " + openFor();
  }

  String openFor() {
    return words(age()) + " of at most " + words(limit);
  }

  private static String words(Duration duration) {
    if (duration.toSeconds() < 120) {
      return duration.toSeconds() + " s";
    }
    return duration.toMinutes() < 120
        ? duration.toMinutes() + " min"
        : duration.toHours()
            + " h"
            + (duration.toMinutesPart() == 0 ? "" : " " + duration.toMinutesPart() + " min");
  }

  /** Ends the transaction, and with it the snapshot; fails when it is no longer there. */
  Held end() {
    // age() is that of the moment in which a transaction first asks for it.
    long transactions =
        Long.parseLong(
            session.value(
                "SELECT age(backend_xmin) FROM pg_stat_activity WHERE pid = pg_backend_pid()"));
    session.execute("COMMIT");
    return new Held(takenAt, age().toSeconds(), limit.toSeconds(), xmin, transactions);
  }

  /** Terminates this session and pg_dump's, also in a statement; safe from any thread. */
  void terminate() {
    try (PgSession other = context.open(SessionLimits.SHORT)) {
      // Not in the condition, where it might be asked first, of this session too.
      other.query(
          """
          SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND usename = current_user AND application_name = ?
            AND backend_xmin IS NOT NULL AND pid <> pg_backend_pid()
          """,
          row -> row.getString(1),
          context.tag().applicationName());
    }
  }

  @Override
  public void close() {
    session.close();
  }
}
