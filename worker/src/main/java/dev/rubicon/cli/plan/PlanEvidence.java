package dev.rubicon.cli.plan;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.rubicon.client.Json;
import dev.rubicon.engine.Evidence;
import dev.rubicon.engine.EvidenceName;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.finding.Finding;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Evidence that is shown and then forgotten: plan and rehearse leave nothing in the ledger. */
final class PlanEvidence implements Evidence {
  private final Map<String, Piece<?>> pieces = new LinkedHashMap<>();

  @Override
  public void put(Piece<?> piece) {
    pieces.put(piece.name().stored(), piece);
  }

  /** Whether preflight came to its end: findings are the last that it records. */
  boolean complete() {
    return pieces.containsKey(EvidenceNames.FINDINGS.stored());
  }

  List<Finding> findings() {
    return find(EvidenceNames.FINDINGS).orElse(List.of());
  }

  /** What was last recorded under that name. */
  <T> Optional<T> find(EvidenceName<T> name) {
    return Optional.ofNullable(pieces.get(name.stored())).flatMap(piece -> piece.as(name));
  }

  /** What was recorded, in the order of its first time. */
  List<Piece<?>> pieces() {
    return List.copyOf(pieces.values());
  }

  /** A list, each element as an object; empty when it was not recorded. */
  <E> List<Map<String, Object>> rows(Optional<List<E>> found) {
    return found
        .map(
            list ->
                Json.mapper().convertValue(list, new TypeReference<List<Map<String, Object>>>() {}))
        .orElse(List.of());
  }
}
