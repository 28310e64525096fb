package dev.rubicon.yaml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.yaml.snakeyaml.nodes.Node;

/**
 * Reads one shape of YAML. What it cannot read it reports to the {@link Reading}, and gives
 * nothing; the reading goes on, so that the user sees every problem at once.
 */
public interface Decoder<T> {

  /** The value; empty when a problem was reported. */
  Optional<T> decode(Node node, Reading reading);

  /** The same shape as JSON Schema. */
  ObjectNode schema(Definitions definitions);

  static <T> Decoder<T> of(
      Function<Definitions, ObjectNode> schema, BiFunction<Node, Reading, Optional<T>> decode) {
    return new Decoder<>() {
      @Override
      public Optional<T> decode(Node node, Reading reading) {
        return decode.apply(node, reading);
      }

      @Override
      public ObjectNode schema(Definitions definitions) {
        return schema.apply(definitions);
      }
    };
  }

  default <R> Decoder<R> map(Function<T, R> convert) {
    return of(this::schema, (node, reading) -> decode(node, reading).map(convert));
  }

  /** The schema calls it by this name instead of repeating it. */
  default Decoder<T> named(String name) {
    return of(definitions -> definitions.refer(name, this), this::decode);
  }
}
