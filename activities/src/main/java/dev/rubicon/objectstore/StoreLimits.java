package dev.rubicon.objectstore;

import java.time.Duration;

/**
 * How long one exchange with the store may take. What is slow but steady goes on; what stands still
 * is ended and tried again.
 *
 * @param connect until a connection stands
 * @param quiet without a byte in either direction
 * @param slowest bytes per second: with so many, and twice {@code quiet} besides, an exchange must
 *     have got through
 */
public record StoreLimits(Duration connect, Duration quiet, long slowest) {
  /**
   * What the kernel may hold back of a request that was written: so much of it may still be under
   * way when the wait for the answer begins.
   */
  private static final long BUFFERED = 4L << 20;

  public static final StoreLimits DEFAULT =
      new StoreLimits(Duration.ofSeconds(10), Duration.ofSeconds(60), 32L << 10);

  /** For an answer, once a request of that length has been handed over. */
  Duration answer(long length) {
    return quiet.plus(at(Math.min(length, BUFFERED)));
  }

  /** For an exchange that has moved so many bytes. */
  Duration exchange(long bytes) {
    return quiet.multipliedBy(2).plus(at(bytes));
  }

  /** Silence that is shown to the operator; a slow transfer has shorter pauses. */
  Duration remarkable(Duration patience) {
    return patience.dividedBy(3);
  }

  private Duration at(long bytes) {
    return Duration.ofMillis(bytes * 1000 / slowest);
  }
}
