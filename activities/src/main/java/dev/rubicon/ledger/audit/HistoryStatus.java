package dev.rubicon.ledger.audit;

import dev.rubicon.message.RolloutStatus;
import java.time.Instant;

/**
 * The last status that an execution reported to the ledger, as Temporal's history has it.
 *
 * @param workflowId of a rollout or of a contract
 * @param note in one line
 */
public record HistoryStatus(
    String rollout,
    String workflowId,
    boolean contract,
    RolloutStatus status,
    String note,
    Instant at) {}
