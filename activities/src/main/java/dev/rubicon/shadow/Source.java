package dev.rubicon.shadow;

import dev.rubicon.target.Identifiers;
import dev.rubicon.transition.CompiledExpression;
import java.util.List;
import java.util.Optional;

/**
 * What a column of one side is made of: an expression over the other side's row, or simply one of
 * its columns.
 *
 * @param inputs names of the columns read
 */
public record Source(Optional<CompiledExpression> expression, List<String> inputs) {
  public Source {
    inputs = List.copyOf(inputs);
  }

  static Source column(String name) {
    return new Source(Optional.empty(), List.of(name));
  }

  static Source of(CompiledExpression expression) {
    return new Source(
        Optional.of(expression),
        expression.inputs().stream().map(CompiledExpression.Input::column).toList());
  }

  /** The value, as the column takes it. */
  String over(String row, String type) {
    String value =
        expression
            .map(e -> e.call(row))
            .orElseGet(() -> row + "." + Identifiers.quote(inputs.getFirst()));
    return "(" + value + ")::" + type;
  }
}
