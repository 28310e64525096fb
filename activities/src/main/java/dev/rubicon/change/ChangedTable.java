package dev.rubicon.change;

import dev.rubicon.postgres.RelationName;
import dev.rubicon.table.TableShape;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A table that changes.
 *
 * @param built its name until the cutover, where it is built anew
 * @param to its name afterwards
 * @param columns that change, by their names today
 */
record ChangedTable(
    TableShape shape, RelationName built, RelationName to, Map<String, NewColumn> columns) {

  RelationName name() {
    return shape.name();
  }

  long oid() {
    return shape.oid();
  }

  /** Whether it is built anew, and not altered where it stands. */
  boolean anew() {
    return !to.equals(name()) || columns.values().stream().anyMatch(c -> !c.inPlace());
  }

  /** A column's name from the cutover on. */
  String renamed(String column) {
    return change(column).flatMap(NewColumn::rename).orElse(column);
  }

  Optional<NewColumn> change(String column) {
    return Optional.ofNullable(columns.get(column));
  }

  Optional<String> type(String column) {
    return change(column).flatMap(NewColumn::type);
  }

  /** Which get another type. */
  String[] retyped() {
    return columns.entrySet().stream()
        .filter(c -> c.getValue().type().isPresent())
        .map(Map.Entry::getKey)
        .toArray(String[]::new);
  }

  /** Which get another name. */
  String[] renamed() {
    return columns.entrySet().stream()
        .filter(c -> c.getValue().rename().isPresent())
        .map(Map.Entry::getKey)
        .toArray(String[]::new);
  }

  /** For people: how, and what asks for it. */
  String why() {
    String what =
        columns.entrySet().stream()
            .map(c -> c.getValue().what(c.getKey()))
            .collect(Collectors.joining("; "));
    String name = to.equals(name()) ? "" : "it is called " + to + (what.isEmpty() ? "" : "; ");
    return name() + (anew() ? ", built anew as a shadow: " : ", in place: ") + name + what;
  }
}
