package dev.rubicon.scaffold;

import dev.rubicon.statement.StatementWords;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What becomes other of a column, as it was typed.
 *
 * @param name today, as SQL writes it
 * @param using how each value comes to be one of the new type
 * @param defaultExpression {@code NULL} where it has none any more
 */
record AlteredColumn(
    String name,
    Optional<String> type,
    Optional<String> using,
    Optional<String> rename,
    Optional<Boolean> nullable,
    Optional<String> defaultExpression) {

  static AlteredColumn of(String name) {
    return new AlteredColumn(
        name,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  AlteredColumn retyped(String to, Optional<String> by) {
    Optional<String> cast =
        by.filter(e -> !same(e, name + "::" + to) && !same(e, called() + "::" + to));
    return new AlteredColumn(name, Optional.of(to), cast, rename, nullable, defaultExpression);
  }

  AlteredColumn renamed(String to) {
    return new AlteredColumn(name, type, using, Optional.of(to), nullable, defaultExpression);
  }

  AlteredColumn nullable(boolean allowed) {
    return new AlteredColumn(name, type, using, rename, Optional.of(allowed), defaultExpression);
  }

  AlteredColumn defaulting(Optional<String> expression) {
    Optional<String> value = Optional.of(expression.orElse("NULL"));
    return new AlteredColumn(name, type, using, rename, nullable, value);
  }

  String called() {
    return rename.orElse(name);
  }

  private static boolean same(String one, String other) {
    return StatementWords.of(one).toString().equals(StatementWords.of(other).toString());
  }

  /** Whether what becomes of its values, and of those that come back, must be said. */
  boolean asks() {
    return using.isPresent() || nullable.orElse(false);
  }

  /**
   * @param was its type today; present: both ways are written
   */
  Map<String, String> keys(Optional<String> was) {
    var keys = new LinkedHashMap<String, String>();
    rename.ifPresent(r -> keys.put("rename", YamlText.scalar(r)));
    type.ifPresent(t -> keys.put("type", YamlText.scalar(t)));
    nullable.ifPresent(n -> keys.put("nullable", n.toString()));
    defaultExpression.ifPresent(d -> keys.put("default", YamlText.quoted(d)));
    was.filter(_ -> type.isPresent() || asks())
        .ifPresent(
            old -> {
              keys.put("up", YamlText.quoted(up()));
              keys.put("down", YamlText.quoted(down(old)));
            });
    return keys;
  }

  private String up() {
    return using.orElse(type.map(t -> name + "::" + t).orElse(name));
  }

  private String down(String was) {
    String back = type.map(_ -> called() + "::" + was).orElse(called());
    return nullable.orElse(false) ? "coalesce(" + back + ", " + empty(was) + ")" : back;
  }

  /** Something that is not NULL, of that type. */
  private static String empty(String type) {
    return switch (type) {
      case "smallint", "integer", "bigint", "numeric", "real", "double precision" -> "0";
      case "boolean" -> "false";
      case "date" -> "current_date";
      case "jsonb", "json" -> "'{}'::" + type;
      default ->
          type.startsWith("timestamp") ? "now()" : type.startsWith("numeric") ? "0" : "''::" + type;
    };
  }
}
