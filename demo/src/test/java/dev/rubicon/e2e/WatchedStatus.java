package dev.rubicon.e2e;

import dev.rubicon.client.Rollouts;
import dev.rubicon.error.RubiconException;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.temporal.Executions;
import dev.rubicon.workflow.ContractWorkflow;
import dev.rubicon.workflow.RolloutWorkflow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * A target's status for a test that waits for it to change. The workflow is asked when its history
 * has grown, for nothing else changes it: a question costs ten times what the server's own word
 * does, because the in-process server keeps no worker's cache warm and a worker reads the whole
 * history for each.
 */
final class WatchedStatus {
  /** For what is not in the history: a worker that is there again, a workflow task that fails. */
  private static final Duration STALE = Duration.ofSeconds(5);

  private final Rollouts rollouts;
  private final String target;
  private List<String> histories = List.of();
  private RolloutStatus answer;
  private Instant asked;

  /** Asks. */
  WatchedStatus(Rollouts rollouts, String target) {
    this.rollouts = rollouts;
    this.target = target;
    ask(histories());
  }

  /** As it is now. */
  RolloutStatus now() {
    List<String> now = histories();
    if (now.isEmpty()
        || !now.equals(histories)
        || answer.source() != RolloutStatus.Source.TEMPORAL
        || asked.plus(STALE).isBefore(Instant.now())) {
      ask(now);
    }
    return answer;
  }

  /**
   * @param before how long the histories were: what comes while the workflow answers is asked for
   */
  private void ask(List<String> before) {
    asked = Instant.now();
    answer = rollouts.status(target);
    histories = before;
  }

  /** Run and length of rollout and contract; nothing where the server does not answer. */
  private List<String> histories() {
    try {
      var executions = new Executions(rollouts.temporal());
      return Stream.of(RolloutWorkflow.workflowId(target), ContractWorkflow.workflowId(target))
          .flatMap(id -> executions.find(id).stream())
          .map(e -> e.runId() + " " + e.description().getHistoryLength())
          .toList();
    } catch (RubiconException unreachable) {
      return List.of();
    }
  }
}
