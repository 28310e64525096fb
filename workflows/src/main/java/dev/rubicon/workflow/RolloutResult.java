package dev.rubicon.workflow;

/**
 * How a rollout ended.
 *
 * @param outcome {@code completed} or {@code aborted}
 * @param crossings committed cutovers
 * @param report key of the report in the object store
 */
public record RolloutResult(
    String rollout,
    String outcome,
    int crossings,
    String digest,
    String fingerprint,
    String report) {}
