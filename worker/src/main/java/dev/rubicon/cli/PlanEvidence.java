package dev.rubicon.cli;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.rubicon.client.Json;
import dev.rubicon.engine.Evidence;
import dev.rubicon.finding.Finding;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Evidence that is shown and then forgotten: plan and rehearse leave nothing in the ledger. */
final class PlanEvidence implements Evidence {
  private final Map<String, JsonNode> entries = new LinkedHashMap<>();
  private List<Finding> findings = List.of();

  @Override
  public void record(String name, Object value) {
    if (name.equals("findings")) {
      findings = ((List<?>) value).stream().map(Finding.class::cast).toList();
    }
    entries.put(name, Json.mapper().valueToTree(value));
  }

  /** Whether preflight came to its end: findings are the last that it records. */
  boolean complete() {
    return entries.containsKey("findings");
  }

  List<Finding> findings() {
    return findings;
  }

  JsonNode entry(String name) {
    return entries.getOrDefault(name, MissingNode.getInstance());
  }

  /** What was recorded, in the order of its first time. */
  List<String> names() {
    return List.copyOf(entries.keySet());
  }

  /** A list entry, each element as an object; empty when it was not recorded. */
  List<Map<String, Object>> rows(JsonNode node) {
    return node.isArray()
        ? Json.mapper().convertValue(node, new TypeReference<List<Map<String, Object>>>() {})
        : List.of();
  }
}
