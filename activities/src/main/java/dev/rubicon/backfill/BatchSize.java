package dev.rubicon.backfill;

import java.time.Duration;

/**
 * How many rows the next batch walks: aims at a time, grows gently, shrinks at once.
 *
 * <p>A client that writes a row of a batch waits for the batch's end. So the time itself shrinks
 * when somebody has waited, and comes back slowly: it stays short where clients come again and
 * again, and is what the runbook says where nobody does.
 */
final class BatchSize {
  /** Milliseconds below which a batch costs more than it moves. */
  private static final double SHORTEST = 10;

  private static final double SHRINKS = 4;
  private static final double GROWS = 1.03;

  private static final int SMALLEST = 10;
  private static final int LARGEST = 50_000;

  private final double target;
  private double aim;
  private int rows;

  /** A batch that was made small for another reason says nothing about how large one may be. */
  private boolean capped;

  BatchSize(Duration target, int first) {
    this.target = Math.max(1, target.toMillis());
    this.aim = this.target;
    this.rows = first;
  }

  int rows(int atMost) {
    capped = atMost < rows;
    return Math.min(rows, atMost);
  }

  /**
   * After a batch that walked as many rows as asked.
   *
   * @param waitedFor whether a client was waiting when it ended
   */
  void took(double milliseconds, boolean waitedFor) {
    aim = Math.min(target, waitedFor ? Math.max(SHORTEST, aim / SHRINKS) : aim * GROWS);
    double ratio = milliseconds / aim;
    if (ratio > 5) {
      rows = rows / 10;
    } else if (ratio > 1) {
      rows = (int) (rows / ratio);
    } else if (ratio < 0.8 && !capped) {
      rows = (int) Math.ceil(rows * Math.min(1.5, 0.9 / Math.max(ratio, 0.01)));
    }
    rows = Math.clamp(rows, SMALLEST, LARGEST);
  }

  /** After a batch that gave way to a client, or ran out of time. */
  void failed() {
    rows = Math.max(SMALLEST, rows / 4);
  }
}
