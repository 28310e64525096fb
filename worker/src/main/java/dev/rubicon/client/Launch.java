package dev.rubicon.client;

import java.util.Optional;

/**
 * What a launch answers.
 *
 * @param ui link to the execution in the Temporal UI, where there is one
 */
public record Launch(
    String rollout,
    String target,
    String runbook,
    String bundle,
    String requestedBy,
    String workflowId,
    String runId,
    Optional<String> ui) {}
