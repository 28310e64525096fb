package dev.rubicon.yaml;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** Decoders of one shape among several. */
public final class Choice {
  private Choice() {}

  /** A single word, or a mapping. */
  public static <T> Decoder<T> wordOr(String word, T value, Decoder<T> mapping) {
    Decoder<T> words = Scalars.word(Map.of(word, value));
    return Decoder.of(
        definitions -> oneOf(List.of(words, mapping), definitions),
        (node, reading) ->
            node instanceof ScalarNode
                ? words.decode(node, reading)
                : mapping.decode(node, reading));
  }

  /**
   * Mappings told apart by the one key that only they have.
   *
   * @param variants distinguishing key to shape
   */
  public static <T> Decoder<T> byKey(Map<String, Mapping<? extends T>> variants) {
    var ordered = new LinkedHashMap<>(variants);
    return Decoder.of(
        definitions -> oneOf(List.copyOf(ordered.values()), definitions),
        (node, reading) -> {
          if (!Lists.isMapping(node)) {
            reading.problem(node, "must be a mapping, not " + Scalars.kind(node));
            return Optional.empty();
          }
          List<String> keys =
              ((MappingNode) node)
                  .getValue().stream()
                      .filter(t -> t.getKeyNode() instanceof ScalarNode)
                      .map(t -> ((ScalarNode) t.getKeyNode()).getValue())
                      .toList();
          List<String> chosen = ordered.keySet().stream().filter(keys::contains).toList();
          if (chosen.size() != 1) {
            String found = chosen.isEmpty() ? "has none" : "has " + String.join(" and ", chosen);
            reading.problem(
                node,
                "needs exactly one of: " + String.join(", ", ordered.keySet()) + "; it " + found,
                chosen.isEmpty() ? slip(keys, ordered) : Optional.empty());
            return Optional.empty();
          }
          return decode(ordered.get(chosen.getFirst()), node, reading);
        });
  }

  private static <T> Optional<T> decode(Decoder<? extends T> variant, Node node, Reading reading) {
    return variant.decode(node, reading).map(value -> value);
  }

  private static Optional<String> slip(List<String> keys, Map<String, ? extends Mapping<?>> all) {
    return keys.stream()
        .filter(key -> all.values().stream().noneMatch(v -> v.names().contains(key)))
        .flatMap(key -> Nearest.to(key, all.keySet()).stream())
        .findFirst();
  }

  private static ObjectNode oneOf(List<? extends Decoder<?>> shapes, Definitions definitions) {
    ObjectNode schema = JsonNodeFactory.instance.objectNode();
    var list = schema.putArray("oneOf");
    shapes.forEach(shape -> list.add(shape.schema(definitions)));
    return schema;
  }
}
