package dev.rubicon.message;

import java.util.Optional;

/**
 * How a rollout ended.
 *
 * @param outcome {@code completed} or {@code aborted}, and what there is to add
 * @param crossings committed cutovers
 * @param digest of the dossier, where there is one
 * @param fingerprint of the target's schemas, as last seen
 * @param report key of the report in the object store, where it could be written
 */
public record RolloutResult(
    String rollout,
    String outcome,
    int crossings,
    Optional<String> digest,
    Optional<String> fingerprint,
    Optional<String> report) {}
