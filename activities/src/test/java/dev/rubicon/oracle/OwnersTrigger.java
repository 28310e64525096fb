package dev.rubicon.oracle;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A BEFORE trigger of the owner's: it fills columns that are NULL, and respells one. Twice is once.
 *
 * @param fills what a column gets instead of NULL
 * @param respells a column of text
 */
record OwnersTrigger(String name, Map<String, String> fills, Optional<String> respells) {
  private static final String FROM = "ABN";
  private static final String TO = "abn";

  boolean touches(String column) {
    return fills.containsKey(column) || respells.filter(column::equals).isPresent();
  }

  /** What the trigger leaves of a row, or of a part of one. */
  Map<String, String> apply(Map<String, String> row) {
    var now = new HashMap<>(row);
    now.replaceAll(this::left);
    return now;
  }

  /** Filled first, then respelt. */
  private String left(String column, String value) {
    String filled = value == null ? fills.get(column) : value;
    if (filled == null || respells.filter(column::equals).isEmpty()) {
      return filled;
    }
    return filled
        .chars()
        .map(c -> FROM.indexOf(c) < 0 ? c : TO.charAt(FROM.indexOf(c)))
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }

  /** Of the columns that are sent, those that the trigger changes. */
  List<String> changes(Map<String, String> sent) {
    var left = apply(sent);
    return sent.keySet().stream().filter(c -> !Objects.equals(sent.get(c), left.get(c))).toList();
  }

  List<String> create(String schema, String table) {
    var lines = new ArrayList<String>();
    fills.forEach(
        (column, value) ->
            lines.add(
                "IF NEW.%1$s IS NULL THEN NEW.%1$s := %2$s; END IF;"
                    .formatted(Sql.quote(column), Sql.literal(value))));
    respells.ifPresent(
        column ->
            lines.add(
                "NEW.%1$s := translate(NEW.%1$s, '%2$s', '%3$s');"
                    .formatted(Sql.quote(column), FROM, TO)));
    String function = schema + "." + Sql.quote(name) + "()";
    return List.of(
        "CREATE FUNCTION "
            + function
            + " RETURNS trigger LANGUAGE plpgsql AS $owner$ BEGIN "
            + String.join(" ", lines)
            + " RETURN NEW; END $owner$",
        "CREATE TRIGGER "
            + Sql.quote(name)
            + " BEFORE INSERT OR UPDATE ON "
            + table
            + " FOR EACH ROW EXECUTE FUNCTION "
            + function);
  }

  /** The relation is gone by then. */
  String dropFunction(String schema) {
    return "DROP FUNCTION " + schema + "." + Sql.quote(name) + "()";
  }
}
