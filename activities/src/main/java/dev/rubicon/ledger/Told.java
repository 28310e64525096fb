package dev.rubicon.ledger;

import dev.rubicon.workflow.RolloutStatus;
import java.time.Instant;

/**
 * Where an execution stood when it last told the ledger, as Temporal's history has it.
 *
 * @param workflowId of a rollout or of a contract
 * @param note in one line
 */
public record Told(
    String rollout,
    String workflowId,
    boolean contract,
    RolloutStatus status,
    String note,
    Instant at) {}
