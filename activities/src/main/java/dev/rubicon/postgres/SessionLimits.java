package dev.rubicon.postgres;

import java.time.Duration;

/**
 * How long a session waits for locks and how long a statement may run. Zero disables a limit; the
 * caller states why.
 */
public record SessionLimits(Duration lockTimeout, Duration statementTimeout) {

  /** Catalog queries and small DDL. */
  public static final SessionLimits SHORT =
      new SessionLimits(Duration.ofMillis(500), Duration.ofSeconds(30));

  /**
   * Reads of whole tables (counts, fingerprints, verification): short locks, no statement limit.
   */
  public static final SessionLimits SCAN = new SessionLimits(Duration.ofSeconds(2), Duration.ZERO);

  /** Rubicon's own databases (scratch, golden, clone), which no client uses. */
  public static final SessionLimits OWN_DATABASE =
      new SessionLimits(Duration.ofMinutes(1), Duration.ZERO);
}
