package dev.rubicon.ledger.entry;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Where a long phase stands.
 *
 * @param total 0: unknown
 * @param note e.g. the throttle's reason
 * @param rate units per second
 */
public record ProgressEntry(
    String phase, String what, long done, long total, String note, double rate, Instant updatedAt) {

  /** Time left at the present rate; empty when that cannot be said. */
  public Optional<Duration> left() {
    return total > done && rate > 0
        ? Optional.of(Duration.ofMillis(Math.round((total - done) / rate * 1000)))
        : Optional.empty();
  }
}
