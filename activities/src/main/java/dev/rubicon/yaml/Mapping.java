package dev.rubicon.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** A mapping with known keys, read into a record. */
public final class Mapping<T> implements Decoder<T> {
  private final List<Key<?>> keys;
  private final List<String> alternatives;
  private final Function<Values, T> build;

  Mapping(List<Key<?>> keys, List<String> alternatives, Function<Values, T> build) {
    this.keys = keys;
    this.alternatives = alternatives;
    this.build = build;
  }

  List<String> names() {
    return keys.stream().map(Key::name).toList();
  }

  @Override
  public Optional<T> decode(Node node, Reading reading) {
    if (!Lists.isMapping(node)) {
      reading.problem(
          node,
          "must be a mapping with " + String.join(", ", names()) + "; not " + Scalars.kind(node));
      return Optional.empty();
    }
    var mapping = (MappingNode) node;
    var written = new HashMap<String, Node>();
    var read = new HashMap<String, Object>();
    Lists.entries(mapping, reading)
        .forEach((key, value) -> decodeEntry(key, value, written, read, reading));
    reportMissing(mapping, written, reading);
    try {
      T value = build.apply(new Values(mapping, written, read, reading));
      reading.place(value, mapping);
      return Optional.of(value);
    } catch (Values.Incomplete e) {
      // What is missing has been reported above.
      reading.leaveOut(mapping);
      return Optional.empty();
    }
  }

  private void decodeEntry(
      ScalarNode keyNode,
      Node value,
      Map<String, Node> written,
      Map<String, Object> read,
      Reading reading) {
    String name = keyNode.getValue();
    for (Key<?> key : keys) {
      if (key.name().equals(name)) {
        written.put(name, value);
        key.decoder().decode(value, reading).ifPresent(decoded -> read.put(name, decoded));
        return;
      }
    }
    reading.problem(keyNode, "unknown key '" + name + "'", Nearest.to(name, names()));
  }

  private void reportMissing(MappingNode node, Map<String, Node> written, Reading reading) {
    for (Key<?> key : keys) {
      if (key.required() && !written.containsKey(key.name())) {
        reading.problem(node, "key '" + key.name() + "' is missing: " + key.says());
      }
    }
    long chosen = alternatives.stream().filter(written::containsKey).count();
    if (!alternatives.isEmpty() && chosen != 1) {
      reading.problem(node, "needs exactly one of: " + String.join(", ", alternatives));
    }
  }

  @Override
  public ObjectNode schema(Definitions definitions) {
    ObjectNode schema = Scalars.type("object").put("additionalProperties", false);
    ObjectNode properties = schema.putObject("properties");
    for (Key<?> key : keys) {
      ObjectNode property = key.decoder().schema(definitions);
      property.put("description", key.says());
      key.defaultText().ifPresent(text -> property.set("default", json(YamlFile.literal(text))));
      properties.set(key.name(), property);
    }
    List<String> required = keys.stream().filter(Key::required).map(Key::name).toList();
    if (!required.isEmpty()) {
      required.forEach(schema.putArray("required")::add);
    }
    if (!alternatives.isEmpty()) {
      var oneOf = schema.putArray("oneOf");
      alternatives.forEach(name -> oneOf.addObject().putArray("required").add(name));
    }
    return schema;
  }

  private static JsonNode json(Node node) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    return switch (node) {
      case MappingNode mapping -> {
        ObjectNode object = json.objectNode();
        mapping
            .getValue()
            .forEach(
                t -> object.set(((ScalarNode) t.getKeyNode()).getValue(), json(t.getValueNode())));
        yield object;
      }
      case org.yaml.snakeyaml.nodes.SequenceNode list -> {
        var array = json.arrayNode();
        list.getValue().forEach(item -> array.add(json(item)));
        yield array;
      }
      case ScalarNode scalar ->
          scalar.getTag().equals(org.yaml.snakeyaml.nodes.Tag.INT)
              ? json.numberNode(Long.parseLong(scalar.getValue()))
              : scalar.getTag().equals(org.yaml.snakeyaml.nodes.Tag.BOOL)
                  ? json.booleanNode(Boolean.parseBoolean(scalar.getValue()))
                  : json.textNode(scalar.getValue());
      default -> throw new IllegalStateException("no default: " + node.getNodeId());
    };
  }
}
