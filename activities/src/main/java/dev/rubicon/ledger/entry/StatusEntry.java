package dev.rubicon.ledger.entry;

import dev.rubicon.message.RolloutStatus;
import java.time.Instant;

/**
 * The last status that a workflow reported.
 *
 * @param at by the ledger's clock
 */
public record StatusEntry(RolloutStatus status, Instant at) {}
