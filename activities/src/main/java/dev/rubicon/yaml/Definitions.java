package dev.rubicon.yaml;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/** The named parts of a JSON Schema ({@code $defs}). */
public final class Definitions {
  private final Map<String, ObjectNode> definitions = new TreeMap<>();

  ObjectNode refer(String name, Decoder<?> decoder) {
    if (!definitions.containsKey(name)) {
      definitions.put(name, JsonNodeFactory.instance.objectNode());
      definitions.put(name, decoder.schema(this));
    }
    return JsonNodeFactory.instance.objectNode().put("$ref", "#/$defs/" + name);
  }

  /** A whole schema document (draft 2020-12) for one decoder. */
  public static ObjectNode document(String id, String title, Decoder<?> root) {
    var definitions = new Definitions();
    ObjectNode schema = JsonNodeFactory.instance.objectNode();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("$id", id);
    schema.put("title", title);
    schema.setAll(root.schema(definitions));
    ObjectNode all = schema.putObject("$defs");
    definitions.definitions.forEach(all::set);
    return schema;
  }
}
