package dev.rubicon.ledger;

import dev.rubicon.workflow.RolloutStatus;
import java.time.Instant;

/**
 * Where an execution stood, as its workflow last told.
 *
 * @param at by the ledger's clock
 */
public record StatusEntry(RolloutStatus status, Instant at) {}
