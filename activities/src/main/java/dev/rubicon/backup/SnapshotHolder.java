package dev.rubicon.backup;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.target.PgSession;
import dev.rubicon.target.SessionLimits;
import dev.rubicon.transition.Predecessor;

/**
 * The transaction whose exported snapshot a backup is made of. It also holds the advisory lock that
 * keeps a second attempt out while this one still lives.
 */
final class SnapshotHolder implements AutoCloseable {
  /** Any constant: it names "backup of this database" among Rubicon's advisory locks. */
  private static final long LOCK = 0x52_75_62_42_61_63_6bL;

  private final PgSession session;
  private final String snapshot;
  private final String takenAt;

  private SnapshotHolder(PgSession session, String snapshot, String takenAt) {
    this.session = session;
    this.snapshot = snapshot;
    this.takenAt = takenAt;
  }

  static SnapshotHolder open(PhaseContext context) {
    // No statement limit: whole tables are read.
    PgSession session = context.open(SessionLimits.SCAN);
    boolean opened = false;
    try {
      // It sits idle while pg_dump ends; without the snapshot the backup would begin again.
      session.execute("SET idle_in_transaction_session_timeout = 0");
      TableFingerprints.pin(session);
      boolean alone = locked(session);
      if (!alone) {
        // Temporal gave this attempt to us: an earlier one of another worker is over, even if that
        // worker stands still and its transaction with it. It has read only.
        Predecessor.end(context, session);
        alone = locked(session);
      }
      if (!alone) {
        throw new RubiconException(
            ErrorCode.TARGET_BUSY,
            "another backup of this database is under way",
            "it is retried; an attempt that lost its worker ends by itself");
      }
      session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
      String at =
          session.value(
              """
              SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
              """);
      var holder = new SnapshotHolder(session, session.value("SELECT pg_export_snapshot()"), at);
      opened = true;
      return holder;
    } finally {
      if (!opened) {
        session.close();
      }
    }
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

  /** Fails when the transaction is no longer there. */
  void assertAlive() {
    session.value("SELECT 1");
  }

  @Override
  public void close() {
    session.close();
  }
}
