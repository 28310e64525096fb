package dev.rubicon.message;

/**
 * What a launch says. The plan itself is read from the bundle by a worker.
 *
 * @param rollout id in the ledger, unique per launch
 * @param bundle SHA-256, hex
 * @param requestedBy principal
 */
public record RolloutRequest(
    String rollout, String target, String bundle, String runbook, String requestedBy) {}
