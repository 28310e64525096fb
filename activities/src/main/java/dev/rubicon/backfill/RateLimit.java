package dev.rubicon.backfill;

import dev.rubicon.engine.Progress;

/** The operator's rows per second, for all sessions that fill together. Thread-safe. */
final class RateLimit {
  private final Progress progress;
  private long began = System.nanoTime();
  private long rows;
  private long limit;

  RateLimit(Progress progress) {
    this.progress = progress;
  }

  /** Counts a batch; how many milliseconds the next one is to wait for it. */
  private synchronized long due(long batch) {
    Progress.Control control = progress.control();
    if (control.rowsPerSecond() != limit || limit <= 0 || control.paused()) {
      limit = control.rowsPerSecond();
      began = System.nanoTime();
      rows = 0;
      // The batch that saw the new limit counts already: with a low one it is a second's worth.
    }
    rows += batch;
    return limit <= 0 ? 0 : rows * 1_000L / limit - (System.nanoTime() - began) / 1_000_000;
  }

  /** The most rows that a batch of one of so many sessions may have: their share of a second. */
  int atMost(int sessions) {
    long perSecond = progress.control().rowsPerSecond();
    return perSecond <= 0
        ? Integer.MAX_VALUE
        : Math.clamp(perSecond / sessions, 1, Integer.MAX_VALUE);
  }

  /** Waits until the limit allows the next batch, or the operator changes the limit. */
  void after(long batch, Shown shown) {
    long wait = due(batch);
    while (wait > 0) {
      progress.checkCancelled();
      shown.show("throttled by the operator to " + progress.control().rowsPerSecond() + " rows/s");
      RelationBackfill.pause(Math.min(200, wait));
      wait = due(0);
    }
  }

  /** Where the reason is shown. */
  @FunctionalInterface
  interface Shown {
    void show(String reason);
  }
}
