package dev.rubicon.change;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What becomes other of a column; what is so already is left out.
 *
 * @param type as PostgreSQL prints it where the target has it; else as the runbook says
 * @param up empty where every value stays what it is
 * @param implied the foreign key that asks for it, where the runbook does not
 */
record NewColumn(
    Optional<String> type,
    Optional<String> rename,
    Optional<Boolean> nullable,
    Optional<String> defaultExpression,
    Optional<String> up,
    Optional<String> down,
    Optional<String> implied) {

  /** A column whose foreign key points at one that gets this type. */
  static NewColumn pointing(String type, String key) {
    return new NewColumn(
        Optional.of(type),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(key));
  }

  /** Whether there is something left that changes. */
  boolean changes() {
    return type.isPresent() || rename.isPresent() || nullable.isPresent() || hasDefault();
  }

  private boolean hasDefault() {
    return defaultExpression.isPresent();
  }

  /** A default, and NOT NULL where nothing is to be filled, are set on the table as it is. */
  boolean inPlace() {
    return type.isEmpty() && rename.isEmpty() && up.isEmpty();
  }

  /** Values are read anew, so a constant of the old type is one of the new. */
  boolean converts() {
    return type.isPresent() && up.isPresent();
  }

  /** For people. */
  String what(String column) {
    var what = new ArrayList<String>();
    type.ifPresent(t -> what.add("becomes " + t));
    rename.ifPresent(n -> what.add("is called " + n));
    nullable.ifPresent(n -> what.add(n ? "may be NULL" : "is NOT NULL"));
    defaultExpression.ifPresent(d -> what.add("has another default"));
    List<String> why =
        implied.map(key -> List.of("because of foreign key " + key)).orElse(List.of());
    return column + " " + String.join(" and ", what) + (why.isEmpty() ? "" : ", " + why.getFirst());
  }
}
