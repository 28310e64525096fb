package dev.rubicon.cutover;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SqlFailure;
import java.time.Duration;

/**
 * The time for which writers are held off around the swap. A statement limit by itself would begin
 * anew with each of many comparisons, while the writers wait for all of them.
 */
final class ReadOnlyWindow {
  private static final String CANCELED = "57014";

  private final PgSession session;
  private final Duration atMost;
  private final long end;

  private ReadOnlyWindow(PgSession session, Duration atMost, long end) {
    this.session = session;
    this.atMost = atMost;
    this.end = end;
  }

  /** Open from now on; the caller's transaction has the locks. */
  static ReadOnlyWindow open(PgSession session, Duration atMost) {
    return new ReadOnlyWindow(session, atMost, System.nanoTime() + atMost.toNanos());
  }

  /** What is sent from here on ends with it. */
  void limit() {
    long left = Duration.ofNanos(end - System.nanoTime()).toMillis();
    if (left < 1) {
      throw spent();
    }
    session.execute("SET LOCAL statement_timeout = " + left);
  }

  /**
   * @param work which {@link #limit}s each of its parts
   * @throws RubiconException CUTOVER_BUDGET_SPENT where the work took longer than there was time
   */
  void within(Runnable work) {
    try {
      limit();
      work.run();
    } catch (RubiconException e) {
      if (SqlFailure.state(e).equals(CANCELED) && System.nanoTime() >= end) {
        throw spent();
      }
      throw e;
    }
  }

  private RubiconException spent() {
    return new RubiconException(
        ErrorCode.CUTOVER_BUDGET_SPENT,
        "the crossing took longer than writers may be held (read-only: "
            + atMost.toSeconds()
            + " s): nothing was committed, they write again",
        "resume when less has been written since the verification, or allow more time in the"
            + " runbook; rubicon status");
  }
}
