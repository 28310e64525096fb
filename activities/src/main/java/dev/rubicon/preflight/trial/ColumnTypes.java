package dev.rubicon.preflight.trial;

import dev.rubicon.catalog.definition.ColumnDefinition;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether every value of one type has a place in another. */
final class ColumnTypes {
  private static final Pattern TYPE =
      Pattern.compile(
          "^(smallint|integer|bigint|real|double precision|text|character varying|character"
              + "|numeric|timestamp|time|date|json|jsonb|[\\w.\"]+)"
              + "(?:\\((\\d+)(?:,(\\d+))?\\))?"
              + "( with time zone| without time zone)?(\\[\\])?");
  private static final List<String> INTEGERS = List.of("smallint", "integer", "bigint");

  private ColumnTypes() {}

  private record Type(String name, int first, int second, String rest) {}

  /**
   * @param from the column as it was
   */
  static boolean fits(ColumnDefinition from, ColumnDefinition to) {
    Type was = type(from.type());
    Type is = type(to.type());
    if (was.equals(is)) {
      return true;
    }
    if (!was.rest().equals(is.rest())) {
      return false;
    }
    if (was.name().equals(is.name())) {
      boolean wider = is.first() < 0 || was.first() >= 0 && is.first() >= was.first();
      return switch (is.name()) {
        case "character varying", "timestamp", "time" -> wider;
        case "numeric" ->
            is.first() < 0
                || was.first() >= 0
                    && is.second() >= was.second()
                    && is.first() - is.second() >= was.first() - was.second();
        default -> false;
      };
    }
    return switch (is.name()) {
      case "text" -> was.name().equals("character varying");
      case "character varying" -> was.name().equals("text") && is.first() < 0;
      case "integer", "bigint" ->
          INTEGERS.contains(was.name())
              && INTEGERS.indexOf(was.name()) < INTEGERS.indexOf(is.name());
      case "numeric" -> is.first() < 0 && INTEGERS.contains(was.name());
      case "double precision" ->
          was.name().equals("real")
              || was.name().equals("integer")
              || was.name().equals("smallint");
      default -> false;
    };
  }

  private static Type type(String text) {
    Matcher matcher = TYPE.matcher(text);
    if (!matcher.find()) {
      return new Type(text, -1, -1, "");
    }
    return new Type(
        matcher.group(1),
        matcher.group(2) == null ? -1 : Integer.parseInt(matcher.group(2)),
        matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3)),
        (matcher.group(4) == null ? "" : matcher.group(4))
            + (matcher.group(5) == null ? "" : matcher.group(5)));
  }
}
