package dev.rubicon.ledger.entry;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Optional;

/**
 * One phase of one round.
 *
 * @param attempt one more each time it started again after it had ended
 * @param outcome running, done, failed or skipped
 * @param facts what the phase reported; empty object until it ends
 */
public record PhaseEntry(
    String phase,
    int round,
    int attempt,
    String outcome,
    Instant started,
    Optional<Instant> ended,
    String summary,
    JsonNode facts) {}
