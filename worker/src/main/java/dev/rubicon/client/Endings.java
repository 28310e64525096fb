package dev.rubicon.client;

import dev.rubicon.ledger.Ledger;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowExecutionDescription;
import io.temporal.client.WorkflowExecutionMetadata;
import io.temporal.client.WorkflowNotFoundException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Executions that are about to end. An abort is answered when it is recorded, and the ledger has a
 * rollout's end before Temporal closes its workflow: whoever launches right after is not refused,
 * but waits a moment.
 */
final class Endings {
  /** Longer than an abort takes that holds no lock for long; a person waits at the other end. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Duration PAUSE = Duration.ofMillis(100);

  private final TemporalConnection temporal;
  private final Ledger ledger;

  Endings(TemporalConnection temporal, Ledger ledger) {
    this.temporal = temporal;
    this.ledger = ledger;
  }

  /** The run of that workflow that has not ended. */
  Optional<String> running(String workflowId, String subject) {
    return described(workflowId, subject)
        .filter(d -> d.getStatus() == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING)
        .map(d -> d.getExecution().getRunId());
  }

  /** When the last run of that workflow was started, ended or not. */
  Optional<Instant> started(String workflowId, String subject) {
    return described(workflowId, subject).map(WorkflowExecutionMetadata::getStartTime);
  }

  private Optional<WorkflowExecutionDescription> described(String workflowId, String subject) {
    try {
      return Optional.of(temporal.client().newUntypedWorkflowStub(workflowId).describe());
    } catch (WorkflowNotFoundException none) {
      return Optional.empty();
    } catch (RuntimeException e) {
      throw TemporalFailures.coded(e, subject);
    }
  }

  /**
   * Waits for one that ends by itself; not for one that goes on.
   *
   * @return whether nothing of that id runs any more
   */
  boolean await(String workflowId, String subject) {
    Instant deadline = Instant.now().plus(PATIENCE);
    Optional<String> run = running(workflowId, subject);
    while (run.isPresent() && ledger.ending(run.get()) && Instant.now().isBefore(deadline)) {
      Updates.pause(PAUSE);
      run = running(workflowId, subject);
    }
    return run.isEmpty();
  }
}
