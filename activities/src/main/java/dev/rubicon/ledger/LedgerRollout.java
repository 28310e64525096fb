package dev.rubicon.ledger;

import java.time.Instant;
import java.util.Optional;

/**
 * A rollout as the ledger knows it; lists come from here, never from Temporal.
 *
 * @param state running, waiting, held, completed, aborted, failed or superseded
 * @param note what it waits for, or code and cause of what holds it
 * @param digest of the current dossier; empty while there is none
 * @param outcome empty while it runs
 * @param report key in the object store; empty while there is none
 * @param supersededBy the relaunch that found this one without an end
 * @param told where it stood when its workflow last told; empty before it told anything
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

  public boolean live() {
    return endedAt.isEmpty();
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
      String runId) {}

  /**
   * How it ended.
   *
   * @param state completed, aborted or failed
   * @param outcome one line for people
   */
  public record End(String state, String outcome, int crossings, String fingerprint) {}
}
