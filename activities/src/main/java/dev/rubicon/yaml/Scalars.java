package dev.rubicon.yaml;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

/** Decoders of single values. */
public final class Scalars {
  private Scalars() {}

  /** Text that is not blank. A bare number or {@code yes} is not text: it needs quotes. */
  public static Decoder<String> text() {
    return Decoder.of(
        definitions -> type("string").put("minLength", 1).put("pattern", "\\S"),
        (node, reading) ->
            plainText(node, reading)
                .filter(
                    text -> {
                      if (text.isBlank()) {
                        reading.problem(node, "is empty; leave the key out or say something");
                      }
                      return !text.isBlank();
                    }));
  }

  /** Text that may be empty. */
  public static Decoder<String> anyText() {
    return Decoder.of(definitions -> type("string"), Scalars::plainText);
  }

  /**
   * Text of a form.
   *
   * @param what the form in words, e.g. {@code "a name of lower-case letters, digits and dashes"}
   */
  public static Decoder<String> matching(String pattern, String what) {
    Pattern compiled = Pattern.compile(pattern);
    return Decoder.of(
        definitions -> type("string").put("pattern", pattern),
        (node, reading) ->
            plainText(node, reading)
                .filter(
                    text -> {
                      boolean matches = compiled.matcher(text).find();
                      if (!matches) {
                        reading.problem(node, "'" + text + "' is not " + what);
                      }
                      return matches;
                    }));
  }

  /**
   * Text that a function reads, which throws IllegalArgumentException when it cannot. Quotes do not
   * matter here: {@code 02:00} is a time although YAML takes it for a number.
   */
  public static <T> Decoder<T> parsed(String pattern, String what, Function<String, T> parse) {
    return Decoder.of(
        definitions -> type("string").put("pattern", pattern),
        (node, reading) -> {
          Optional<String> raw = raw(node, reading, what);
          if (raw.isEmpty()) {
            return Optional.empty();
          }
          try {
            return Optional.of(parse.apply(raw.get()));
          } catch (IllegalArgumentException e) {
            reading.problem(node, "'" + raw.get() + "' is not " + what);
            return Optional.empty();
          }
        });
  }

  public static Decoder<Boolean> flag() {
    return Decoder.of(
        definitions -> type("boolean"),
        (node, reading) -> {
          if (node instanceof ScalarNode scalar
              && (scalar.getValue().equals("true") || scalar.getValue().equals("false"))
              && scalar.getTag().equals(Tag.BOOL)) {
            return Optional.of(Boolean.valueOf(scalar.getValue()));
          }
          reading.problem(node, "must be true or false, not " + kind(node));
          return Optional.empty();
        });
  }

  /** A whole number within bounds. */
  public static Decoder<Long> number(long least, long most) {
    return Decoder.of(
        definitions -> type("integer").put("minimum", least).put("maximum", most),
        (node, reading) -> {
          if (!(node instanceof ScalarNode scalar)
              || !scalar.getTag().equals(Tag.INT)
              || !scalar.getValue().matches("-?(0|[1-9][0-9]{0,17})")) {
            reading.problem(node, "must be a whole number, not " + kind(node));
            return Optional.empty();
          }
          long value = Long.parseLong(scalar.getValue());
          if (value < least || value > most) {
            reading.problem(node, value + " is not between " + least + " and " + most);
            return Optional.empty();
          }
          return Optional.of(value);
        });
  }

  /** One of some words. */
  public static <T> Decoder<T> word(Map<String, T> words) {
    var ordered = new LinkedHashMap<>(words);
    return Decoder.of(
        definitions -> {
          ObjectNode schema = JsonNodeFactory.instance.objectNode();
          ordered.keySet().forEach(schema.putArray("enum")::add);
          return schema;
        },
        (node, reading) -> {
          String list = String.join(", ", ordered.keySet());
          Optional<String> raw = raw(node, reading, "one of: " + list);
          if (raw.isPresent() && !ordered.containsKey(raw.get())) {
            reading.problem(
                node,
                "'" + raw.get() + "' is not one of: " + list,
                Nearest.to(raw.get(), ordered.keySet()));
          }
          return raw.map(ordered::get);
        });
  }

  /** The constants of an enum, spelled in kebab case. */
  public static <E extends Enum<E>> Decoder<E> word(Class<E> type) {
    var words = new LinkedHashMap<String, E>();
    for (E constant : type.getEnumConstants()) {
      words.put(constant.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'), constant);
    }
    return word(words);
  }

  /** Rows of cells as text; a plain {@code null} is NULL. */
  public static Decoder<List<List<String>>> rows() {
    return Decoder.of(
        definitions -> {
          ObjectNode schema = type("array");
          ObjectNode cell = schema.putObject("items").put("type", "array").putObject("items");
          List.of("string", "number", "boolean", "null").forEach(cell.putArray("type")::add);
          return schema;
        },
        (node, reading) -> {
          var rows = new ArrayList<List<String>>();
          for (Node row : Lists.items(node, reading)) {
            var cells = new ArrayList<String>();
            for (Node cell : Lists.items(row, reading)) {
              if (cell instanceof ScalarNode scalar) {
                cells.add(scalar.getTag().equals(Tag.NULL) ? null : scalar.getValue());
              } else {
                reading.problem(cell, "must be a single value, not " + kind(cell));
              }
            }
            rows.add(java.util.Collections.unmodifiableList(cells));
          }
          return Optional.of(List.copyOf(rows));
        });
  }

  /** A value compared as text: {@code true} and {@code 1.50} mean what is written. */
  public static Decoder<String> cell() {
    return Decoder.of(
        definitions -> {
          ObjectNode schema = JsonNodeFactory.instance.objectNode();
          List.of("string", "number", "boolean").forEach(schema.putArray("type")::add);
          return schema;
        },
        (node, reading) -> raw(node, reading, "a single value"));
  }

  static ObjectNode type(String type) {
    return JsonNodeFactory.instance.objectNode().put("type", type);
  }

  private static Optional<String> plainText(Node node, Reading reading) {
    if (node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.STR)) {
      return Optional.of(scalar.getValue());
    }
    boolean wantsQuotes = node instanceof ScalarNode s && !s.getTag().equals(Tag.NULL);
    reading.problem(
        node, "must be text, not " + kind(node) + (wantsQuotes ? ": put it in quotes" : ""));
    return Optional.empty();
  }

  private static Optional<String> raw(Node node, Reading reading, String what) {
    if (node instanceof ScalarNode scalar
        && !scalar.getTag().equals(Tag.NULL)
        && scalar.getTag().getValue().startsWith(Tag.PREFIX)) {
      return Optional.of(scalar.getValue());
    }
    reading.problem(node, "must be " + what + ", not " + kind(node));
    return Optional.empty();
  }

  /** What a node is, in words; never its value, which may be a secret. */
  static String kind(Node node) {
    Tag tag = node.getTag();
    return switch (node.getNodeId()) {
      case mapping -> tag.equals(Tag.MAP) ? "a mapping" : "a mapping with a tag";
      case sequence -> tag.equals(Tag.SEQ) ? "a list" : "a list with a tag";
      case scalar ->
          tag.equals(Tag.NULL)
              ? "nothing"
              : tag.equals(Tag.STR)
                  ? "text"
                  : tag.equals(Tag.BOOL)
                      ? "a yes or no"
                      : tag.equals(Tag.INT) || tag.equals(Tag.FLOAT)
                          ? "a number"
                          : tag.equals(Tag.TIMESTAMP) ? "a date" : "a value with a tag";
      case anchor -> "an anchor";
    };
  }
}
