package dev.rubicon.backfill;

import dev.rubicon.engine.Progress;
import dev.rubicon.runbook.Runbook;

/**
 * Go on or wait, and why: pure, with hysteresis. It waits at once when a reading is over its limit,
 * and goes on only after three good readings in a row, each clearly below the limit.
 */
final class ThrottleDecision {
  private static final int GOOD_READINGS = 3;

  /**
   * What the collectors saw.
   *
   * @param replicationLagSeconds of the slowest replica, 0 without one
   * @param activeSessions client backends other than Rubicon's
   * @param waitingForUs clients that wait for one of Rubicon's locks
   * @param autovacuum whether it works on the table
   * @param query what the runbook's own query returned
   */
  record Readings(
      double replicationLagSeconds,
      int activeSessions,
      int waitingForUs,
      boolean autovacuum,
      boolean query,
      Progress.Control control) {}

  /**
   * @param reason empty when it goes on
   */
  record Verdict(boolean go, String reason) {
    static final Verdict GO = new Verdict(true, "");
  }

  private final Runbook.Throttle limits;
  private Verdict verdict = Verdict.GO;
  private int good;

  ThrottleDecision(Runbook.Throttle limits) {
    this.limits = limits;
  }

  Verdict verdict() {
    return verdict;
  }

  Verdict next(Readings readings) {
    // The operator's limit and pause hold at once, without hysteresis.
    if (readings.control().paused()) {
      good = GOOD_READINGS;
      return verdict = new Verdict(false, "paused by the operator");
    }
    String over = over(readings, 1.0);
    if (!over.isEmpty()) {
      good = 0;
      return verdict = new Verdict(false, over);
    }
    if (!verdict.go()) {
      good = over(readings, 0.8).isEmpty() ? good + 1 : 0;
      if (good < GOOD_READINGS) {
        return verdict;
      }
    }
    return verdict = Verdict.GO;
  }

  private String over(Readings readings, double factor) {
    double lag = limits.maxReplicationLag().toMillis() / 1000.0;
    if (lag > 0 && readings.replicationLagSeconds() > lag * factor) {
      return "a replica lags by more than " + lag + " s";
    }
    if (limits.maxActiveSessions() > 0
        && readings.activeSessions() > limits.maxActiveSessions() * factor) {
      return "more than " + limits.maxActiveSessions() + " sessions are active";
    }
    if (readings.waitingForUs() > 0) {
      return "clients wait for our locks";
    }
    if (readings.autovacuum()) {
      return "autovacuum works on the table";
    }
    if (readings.query()) {
      return "the runbook's throttle query says wait";
    }
    return "";
  }
}
