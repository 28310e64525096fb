package dev.rubicon.yaml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** Decoders of lists, and of mappings whose keys the user chooses. */
public final class Lists {
  private Lists() {}

  /** Items that could not be read are left out, after a problem. */
  public static <T> Decoder<List<T>> list(Decoder<T> item) {
    return list(item, 0);
  }

  public static <T> Decoder<List<T>> atLeastOne(Decoder<T> item) {
    return list(item, 1);
  }

  private static <T> Decoder<List<T>> list(Decoder<T> item, int least) {
    return Decoder.of(
        definitions -> {
          ObjectNode schema = Scalars.type("array");
          if (least > 0) {
            schema.put("minItems", least);
          }
          schema.set("items", item.schema(definitions));
          return schema;
        },
        (node, reading) -> {
          if (!isList(node)) {
            reading.problem(node, "must be a list, not " + Scalars.kind(node));
            return Optional.empty();
          }
          List<Node> nodes = items(node, reading);
          if (nodes.size() < least) {
            reading.problem(node, "must have at least one entry");
            return Optional.empty();
          }
          var items = new ArrayList<T>();
          nodes.forEach(each -> item.decode(each, reading).ifPresent(items::add));
          return Optional.of(List.copyOf(items));
        });
  }

  /** Values of a list that must differ from each other. */
  public static <T> Decoder<List<T>> distinct(Decoder<List<T>> list) {
    return Decoder.of(
        definitions -> list.schema(definitions).put("uniqueItems", true),
        (node, reading) -> {
          var seen = new HashSet<String>();
          if (isList(node)) {
            for (Node item : ((SequenceNode) node).getValue()) {
              if (item instanceof ScalarNode scalar && !seen.add(scalar.getValue())) {
                reading.problem(item, "'" + scalar.getValue() + "' is listed twice");
              }
            }
          }
          return list.decode(node, reading);
        });
  }

  /** A mapping from keys of the user's own to values, in their order. */
  public static <T> Decoder<Map<String, T>> map(Decoder<String> key, Decoder<T> value) {
    return mapWith(key, name -> value, value, 0);
  }

  public static <T> Decoder<Map<String, T>> nonEmptyMap(Decoder<String> key, Decoder<T> value) {
    return mapWith(key, name -> value, value, 1);
  }

  /**
   * The same where the value's decoder needs the key.
   *
   * @param value for the schema
   */
  public static <T> Decoder<Map<String, T>> mapByName(
      Decoder<String> key, Function<String, Decoder<T>> valueOf, Decoder<T> value) {
    return mapWith(key, valueOf, value, 1);
  }

  private static <T> Decoder<Map<String, T>> mapWith(
      Decoder<String> key, Function<String, Decoder<T>> valueOf, Decoder<T> value, int least) {
    return Decoder.of(
        definitions -> {
          ObjectNode schema = Scalars.type("object");
          if (least > 0) {
            schema.put("minProperties", least);
          }
          ObjectNode names = key.schema(definitions);
          names.remove("type");
          if (!names.isEmpty()) {
            schema.set("propertyNames", names);
          }
          schema.set("additionalProperties", value.schema(definitions));
          return schema;
        },
        (node, reading) -> {
          if (!isMapping(node)) {
            reading.problem(node, "must be a mapping, not " + Scalars.kind(node));
            return Optional.empty();
          }
          var read = new LinkedHashMap<String, T>();
          var entries = entries((MappingNode) node, reading);
          if (entries.size() < least) {
            reading.problem(node, "must have at least one entry");
            return Optional.empty();
          }
          entries.forEach(
              (keyNode, valueNode) -> {
                Optional<String> name = key.decode(asText(keyNode), reading);
                Optional<T> decoded = valueOf.apply(name.orElse("?")).decode(valueNode, reading);
                name.ifPresent(n -> decoded.ifPresent(d -> read.put(n, d)));
              });
          return Optional.of(Collections.unmodifiableMap(read));
        });
  }

  /** Keys are names, also where YAML reads another type ({@code on}, {@code 12}). */
  private static ScalarNode asText(ScalarNode key) {
    return new ScalarNode(
        Tag.STR, key.getValue(), key.getStartMark(), key.getEndMark(), key.getScalarStyle());
  }

  static boolean isMapping(Node node) {
    return node instanceof MappingNode && node.getTag().equals(Tag.MAP);
  }

  static boolean isList(Node node) {
    return node instanceof SequenceNode && node.getTag().equals(Tag.SEQ);
  }

  static List<Node> items(Node node, Reading reading) {
    if (isList(node)) {
      return ((SequenceNode) node).getValue();
    }
    reading.problem(node, "must be a list, not " + Scalars.kind(node));
    return List.of();
  }

  /**
   * Keys and values in order; a key that is no single value, or stands there twice, is reported.
   */
  static Map<ScalarNode, Node> entries(MappingNode node, Reading reading) {
    var entries = new LinkedHashMap<ScalarNode, Node>();
    var seen = new HashSet<String>();
    for (var tuple : node.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        reading.problem(tuple.getKeyNode(), "a key must be a single word");
      } else if (!seen.add(key.getValue())) {
        reading.problem(key, "key '" + key.getValue() + "' is there twice");
      } else {
        entries.put(key, tuple.getValueNode());
      }
    }
    return entries;
  }
}
