package dev.rubicon.demo.app.client;

import java.time.Duration;

/** Spreads a writer's operations evenly; a writer that was held up does not catch up in a burst. */
public final class Pace {
  private final long intervalNanos;
  private long next = System.nanoTime();

  public Pace(double perSecond) {
    this.intervalNanos = (long) (1e9 / perSecond);
  }

  /** Waits for the next turn. */
  public void await() throws InterruptedException {
    long now = System.nanoTime();
    if (next > now) {
      Thread.sleep(Duration.ofNanos(next - now));
    }
    next = Math.max(next + intervalNanos, System.nanoTime() - intervalNanos);
  }
}
