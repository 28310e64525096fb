package dev.rubicon.transition.shadow;

import dev.rubicon.expression.CompiledExpression;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.TypeNames;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a column of one side is made of: an expression over the other side's row, or simply one of
 * its columns.
 *
 * @param inputs names of the columns read
 * @param map where the value is the counterpart of a key
 */
public record Source(
    Optional<CompiledExpression> expression, List<String> inputs, Optional<Mapped> map) {
  /**
   * @param id of the plan that has the map
   * @param word {@code up} from legacy's key to canonical's, {@code down} back
   * @param type of the key that is given
   */
  public record Mapped(String id, String word, String type) {}

  /** Types whose values have a greatest length. */
  private static final Pattern SIZED =
      Pattern.compile("(character|character varying|bit|bit varying)\\((\\d+)\\)((?:\\[\\])*)");

  public Source {
    inputs = List.copyOf(inputs);
  }

  public static Source column(String name) {
    return new Source(Optional.empty(), List.of(name), Optional.empty());
  }

  public static Source of(CompiledExpression expression) {
    return new Source(
        Optional.of(expression),
        expression.inputs().stream().map(CompiledExpression.Input::column).toList(),
        Optional.empty());
  }

  public static Source mapped(String name, Mapped map) {
    return new Source(Optional.empty(), List.of(name), Optional.of(map));
  }

  /** The statement's expression that makes the pair of a mapped value. */
  public String pair(String row) {
    Mapped m = map.orElseThrow();
    return KeyMap.ensure(m.id(), m.word(), given(row));
  }

  private String given(String row) {
    return "("
        + row
        + "."
        + Identifiers.quote(inputs.getFirst())
        + ")::"
        + TypeNames.qualified(map.orElseThrow().type());
  }

  /** The value, as the column takes it. */
  String over(String row, String type) {
    String value =
        expression
            .map(e -> e.call(row))
            .or(() -> map.map(m -> KeyMap.lookup(m.id(), m.word(), given(row))))
            .orElseGet(() -> row + "." + Identifiers.quote(inputs.getFirst()));
    return fitting(value, type);
  }

  /**
   * As the column's type, and never shortened to it: an explicit cast cuts off what is too long,
   * where an assignment refuses it. So the length is left to the assignment, but for {@code
   * character}, whose padding comparisons need; there PostgreSQL's own function refuses.
   */
  private static String fitting(String value, String type) {
    Matcher sized = SIZED.matcher(type);
    if (!sized.matches()) {
      return "(" + value + ")::" + TypeNames.qualified(type);
    }
    String array = sized.group(3);
    if (!sized.group(1).equals("character")) {
      // Bare, SQL's bit is one bit; the type of that name has any length.
      String any = sized.group(1).equals("bit") ? "pg_catalog.\"bit\"" : sized.group(1);
      return "(" + value + ")::" + any + array;
    }
    int modifier = Integer.parseInt(sized.group(2)) + 4;
    return array.isEmpty()
        ? "pg_catalog.bpchar((" + value + ")::pg_catalog.bpchar, " + modifier + ", false)"
        : "(" + value + ")::" + TypeNames.qualified(type);
  }
}
