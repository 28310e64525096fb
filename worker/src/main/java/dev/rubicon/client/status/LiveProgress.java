package dev.rubicon.client.status;

import dev.rubicon.rollout.Phase;
import java.time.Instant;
import java.util.Optional;

/**
 * What a running activity last said in a heartbeat, or what one waits for that does not run yet.
 *
 * @param activity as the Temporal UI names it
 * @param attempt 1 the first time
 * @param what e.g. the relation
 * @param total 0 when unknown
 * @param note e.g. the throttle's reason
 * @param lastFailure what ended the attempt before: code and cause, or that its worker was gone
 * @param seen when the last heartbeat came; empty before the first
 * @param waits what it waits for before it can run; empty when it runs, or is tried again later
 */
public record LiveProgress(
    String activity,
    int attempt,
    String what,
    long done,
    long total,
    String note,
    Optional<String> lastFailure,
    Optional<Instant> seen,
    Optional<String> waits) {

  /** Whether a heartbeat reported progress, rather than only that the activity runs. */
  public boolean measured() {
    return done > 0 || total > 0 || !what.isEmpty();
  }

  /** Whether this is the activity of that phase. */
  public boolean of(Phase phase) {
    return activity.equalsIgnoreCase(phase.word().replace("-", ""));
  }
}
