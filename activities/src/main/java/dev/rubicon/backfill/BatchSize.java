package dev.rubicon.backfill;

import java.time.Duration;

/** How many rows the next batch walks: aims at a time, grows gently, shrinks at once. */
final class BatchSize {
  private static final int SMALLEST = 10;
  private static final int LARGEST = 50_000;

  private final double target;
  private int rows;

  /** A batch that was made small for another reason says nothing about how large one may be. */
  private boolean capped;

  BatchSize(Duration target, int first) {
    this.target = Math.max(1, target.toMillis());
    this.rows = first;
  }

  int rows(int atMost) {
    capped = atMost < rows;
    return Math.min(rows, atMost);
  }

  /** After a batch that walked as many rows as asked. */
  void took(double milliseconds) {
    double ratio = milliseconds / target;
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
