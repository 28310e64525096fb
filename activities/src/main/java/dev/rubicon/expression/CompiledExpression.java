package dev.rubicon.expression;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.SqlTemplate;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An {@code up}, a {@code down} or a default, compiled into a SQL function whose names are bound
 * once, so that no client's search path can change what it means.
 *
 * @param function unqualified name in schema {@code rubicon}
 * @param inputs the columns it reads, by PostgreSQL's dependencies, in column order
 * @param returns the column's type
 * @param pinned whether its result depends on session settings (time zone, date style), which the
 *     function then sets for itself: two writers must get the same value for the same row
 * @param parallel whether parallel workers may compute it, so that verification can use them
 */
public record CompiledExpression(
    String function,
    String expression,
    List<Input> inputs,
    String returns,
    boolean pinned,
    boolean parallel) {
  private static final SqlTemplate TEMPLATE = SqlTemplate.of("expression/sql/expression.sql.ftl");

  public CompiledExpression {
    inputs = List.copyOf(inputs);
  }

  /** One column read. */
  public record Input(String column, String type) {}

  /** Whether it reads the column. */
  public boolean reads(String column) {
    return inputs.stream().anyMatch(input -> input.column().equals(column));
  }

  /**
   * A call over a row.
   *
   * @param row e.g. {@code NEW} or an alias
   */
  public String call(String row) {
    return inputs.stream()
        .map(input -> row + "." + Identifiers.quote(input.column()))
        .collect(Collectors.joining(", ", "rubicon." + Identifiers.quote(function) + "(", ")"));
  }

  /** The statement that creates it. */
  public String createSql(boolean volatileAllowed) {
    return TEMPLATE.render(
        new Slots(
            Identifiers.quote(function),
            inputs.stream()
                .map(input -> new Parameter(Identifiers.quote(input.column()), input.type()))
                .toList(),
            returns,
            volatileAllowed ? "VOLATILE" : pinned ? "STABLE" : "IMMUTABLE",
            parallel,
            pinned,
            expression));
  }

  /** Of {@code expression.sql.ftl}. */
  private record Slots(
      String function,
      List<Parameter> parameters,
      String returns,
      String volatility,
      boolean parallel,
      boolean pinned,
      String expression) {}

  private record Parameter(String name, String type) {}
}
