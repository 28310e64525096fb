package dev.rubicon.transition.shadow;

import dev.rubicon.postgres.Identifiers;

/** A column of one side that follows the other side. */
public record Derived(String column, String type, Source source) {

  public String quoted() {
    return Identifiers.quote(column);
  }

  /** Its value for a row of the other side. */
  public String over(String row) {
    return source.over(row, type);
  }
}
