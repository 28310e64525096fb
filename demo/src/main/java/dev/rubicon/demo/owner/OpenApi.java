package dev.rubicon.demo.owner;

import dev.rubicon.demo.app.MiniJson;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The document of a build's API, and whether a response is what it says. */
final class OpenApi {
  private static final Set<String> LEGACY =
      Set.of(
          "user_id",
          "mode",
          "model",
          "settings_json",
          "asset_kind",
          "rel_path",
          "key_ref",
          "export_path",
          "api_key",
          "meta_json",
          "title",
          "notes",
          "job_id",
          "selected_path");

  private final Map<String, Map<String, String>> schemas = new TreeMap<>();
  private final Map<String, Map<String, Object>> paths = new TreeMap<>();

  /**
   * @param properties name to JSON type; each may be null
   */
  OpenApi schema(String name, Map<String, String> properties) {
    schemas.put(name, new TreeMap<>(properties));
    return this;
  }

  OpenApi operation(String method, String path, String id, String schema) {
    paths
        .computeIfAbsent(path, key -> new TreeMap<>())
        .put(
            method,
            Map.of(
                "operationId",
                id,
                "responses",
                Map.of("default", Map.of("$ref", "#/components/schemas/" + schema))));
    return this;
  }

  Map<String, Object> document(String build) {
    var described = new LinkedHashMap<String, Object>();
    schemas.forEach(
        (name, properties) -> {
          var types = new LinkedHashMap<String, Object>();
          properties.forEach((property, type) -> types.put(property, Map.of("type", type)));
          described.put(name, Map.of("type", "object", "properties", types));
        });
    long legacy =
        schemas.values().stream()
            .flatMap(p -> p.keySet().stream())
            .filter(LEGACY::contains)
            .count();
    var document = new LinkedHashMap<String, Object>();
    document.put("openapi", "3.1.0");
    document.put("info", Map.of("title", "Projects", "version", build));
    document.put("x-legacy-names", legacy);
    document.put("paths", paths);
    document.put("components", Map.of("schemas", described));
    return document;
  }

  /** {@code ok}, or what the response has that the document does not say, or the other way. */
  String judge(String schema, List<? extends Map<String, Object>> responses) {
    Map<String, String> properties = schemas.getOrDefault(schema, Map.of());
    for (Map<String, Object> response : responses) {
      for (Map.Entry<String, Object> value : response.entrySet()) {
        String type = properties.get(value.getKey());
        if (type == null
            || value.getValue() != MiniJson.NULL && !type.equals(type(value.getValue()))) {
          return schema + "." + value.getKey() + " is not as documented";
        }
      }
      if (!response.keySet().containsAll(properties.keySet())) {
        return schema + " lacks a documented property";
      }
    }
    return "ok";
  }

  private static String type(Object value) {
    return switch (value) {
      case Map<?, ?> _ -> "object";
      case List<?> _ -> "array";
      case BigDecimal _ -> "number";
      case Boolean _ -> "boolean";
      default -> "string";
    };
  }
}
