package dev.rubicon.message;

/**
 * What a launch says. The plan itself is read from the bundle by a worker.
 *
 * @param rollout id in the ledger, unique per launch
 * @param bundle SHA-256, hex
 * @param requestedBy principal
 * @param proof what shows that it is this person
 */
public record RolloutRequest(
    String rollout, String target, String bundle, String runbook, String requestedBy, Proof proof) {
  public RolloutRequest {
    // Histories of before have none.
    proof = proof == null ? Proof.NONE : proof;
  }

  /** Nobody has signed it yet. */
  public RolloutRequest(
      String rollout, String target, String bundle, String runbook, String requestedBy) {
    this(rollout, target, bundle, runbook, requestedBy, Proof.NONE);
  }

  public RolloutRequest with(Proof other) {
    return new RolloutRequest(rollout, target, bundle, runbook, requestedBy, other);
  }
}
