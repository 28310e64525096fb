package dev.rubicon.backfill;

import dev.rubicon.postgres.PgSession;
import dev.rubicon.rollout.Facts;
import java.time.OffsetDateTime;
import java.util.List;

/**
 * {@code rubicon.backfill_throttle}: what held the backfill back, how often and for how long. It
 * stands on the target beside the batches, so that it outlives the worker that measured it, and has
 * one row for each reason, however often that came.
 */
final class HeldTimes {
  /** So much at most is lost with a worker that is killed while it waits. */
  private static final long EVERY = 5_000_000_000L;

  private final PgSession session;
  private long since;

  HeldTimes(PgSession session) {
    this.session = session;
  }

  /** From now on that reason holds. */
  void began(String reason) {
    since = System.nanoTime();
    session.update(
        """
        INSERT INTO rubicon.backfill_throttle AS t (reason) VALUES (?)
        ON CONFLICT (reason) DO UPDATE SET times = t.times + 1, last_at = excluded.last_at
        """,
        reason);
  }

  /** It still does. */
  void goesOn(String reason) {
    if (System.nanoTime() - since >= EVERY) {
      ended(reason);
    }
  }

  /** It no longer does. */
  void ended(String reason) {
    long now = System.nanoTime();
    session.update(
        """
        UPDATE rubicon.backfill_throttle SET seconds = seconds + ?, last_at = clock_timestamp()
        WHERE reason = ?
        """,
        (now - since) / 1e9,
        reason);
    since = now;
  }

  /** In order of first occurrence. */
  static List<Facts.Held> read(PgSession session) {
    return session.query(
        """
        SELECT reason, times, round(seconds::numeric, 1), first_at, last_at
        FROM rubicon.backfill_throttle ORDER BY first_at, reason
        """,
        row ->
            new Facts.Held(
                row.getString(1),
                row.getLong(2),
                row.getDouble(3),
                row.getObject(4, OffsetDateTime.class).toInstant().toString(),
                row.getObject(5, OffsetDateTime.class).toInstant().toString()));
  }
}
