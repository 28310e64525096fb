package dev.rubicon.ledger.entry;

import dev.rubicon.message.RolloutRequest;
import dev.rubicon.message.RolloutStatus;
import java.time.Instant;
import java.util.Optional;

/**
 * A rollout as the ledger knows it; lists come from here, never from Temporal.
 *
 * @param state running, waiting, held, completed, aborted, failed, superseded or terminated
 * @param note what it waits for, or code and cause of what holds it
 * @param digest of the current dossier; empty while there is none
 * @param outcome empty while it runs
 * @param report key in the object store; empty while there is none
 * @param supersededBy the relaunch that found this one without an end
 * @param told the last status that its workflow reported; empty before the first
 */
public record LedgerRollout(
    String id,
    String target,
    String bundle,
    String runbook,
    String title,
    String requestedBy,
    String state,
    String phase,
    int round,
    String note,
    String digest,
    String workflowId,
    String runId,
    Instant launchedAt,
    Optional<Instant> endedAt,
    String outcome,
    int crossings,
    String fingerprint,
    String report,
    Optional<String> supersededBy,
    Optional<StatusEntry> told) {

  /** Whether its workflow has not reported an end. */
  public boolean live() {
    return endedAt.isEmpty();
  }

  /** The same once its execution was found to be ended from outside, which no workflow reported. */
  public LedgerRollout terminated() {
    return new LedgerRollout(
        id,
        target,
        bundle,
        runbook,
        title,
        requestedBy,
        RolloutStatus.State.TERMINATED.word(),
        phase,
        round,
        note,
        digest,
        workflowId,
        runId,
        launchedAt,
        endedAt,
        outcome,
        crossings,
        fingerprint,
        report,
        supersededBy,
        told);
  }

  /** What a launch says of itself. */
  public record Launch(
      String id,
      String target,
      String bundle,
      String runbook,
      String title,
      String requestedBy,
      String workflowId,
      String runId) {
    public static Launch of(RolloutRequest request, String title, String workflowId, String runId) {
      return new Launch(
          request.rollout(),
          request.target(),
          request.bundle(),
          request.runbook(),
          title,
          request.requestedBy(),
          workflowId,
          runId);
    }
  }

  /**
   * How it ended.
   *
   * @param state completed, aborted or failed
   * @param outcome one line for people
   */
  public record End(String state, String outcome, int crossings, String fingerprint) {}
}
