package dev.rubicon.client;

import dev.rubicon.ledger.Ledger;
import dev.rubicon.temporal.Execution;
import dev.rubicon.temporal.Executions;
import dev.rubicon.temporal.Updates;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Executions that are about to end. An abort is answered when it is recorded, and the ledger has a
 * rollout's end before Temporal closes its workflow: a launch right after is not refused, but waits
 * a moment.
 */
final class Endings {
  /** Longer than an abort takes that holds no lock for long; a person waits at the other end. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Duration PAUSE = Duration.ofMillis(100);

  private final Executions executions;
  private final Ledger ledger;

  Endings(Executions executions, Ledger ledger) {
    this.executions = executions;
    this.ledger = ledger;
  }

  /**
   * Waits for one that ends by itself; not for one that goes on.
   *
   * @return whether nothing of that id runs any more
   */
  boolean await(String workflowId) {
    Instant deadline = Instant.now().plus(PATIENCE);
    Optional<Execution> run = executions.running(workflowId);
    while (run.isPresent()
        && ledger.ending(run.get().runId())
        && Instant.now().isBefore(deadline)) {
      Updates.pause(PAUSE);
      run = executions.running(workflowId);
    }
    return run.isEmpty();
  }
}
