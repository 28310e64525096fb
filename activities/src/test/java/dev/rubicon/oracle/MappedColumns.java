package dev.rubicon.oracle;

import dev.rubicon.runbook.ColumnMapping;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Columns that belong together: how each side has them, and what either gets from the other. The
 * expression is for the runbook, the Java function for the reference.
 *
 * @param same carried under its name, without a mapping
 */
record MappedColumns(
    List<Field> old, List<Field> now, List<Derivation> up, List<Derivation> down, boolean same) {

  /** What one column is, for a row of the other side. */
  record Derivation(
      String column,
      String expression,
      List<String> reads,
      Function<Map<String, String>, String> value) {

    boolean changed(Map<String, String> before, Map<String, String> after) {
      return reads.stream().anyMatch(r -> !Objects.equals(before.get(r), after.get(r)));
    }
  }

  List<Field> fields(Side side) {
    return side == Side.LEGACY ? old : now;
  }

  /** What a side gets. */
  List<Derivation> to(Side side) {
    return side == Side.LEGACY ? down : up;
  }

  static Derivation copy(String column, String from) {
    return new Derivation(column, Sql.quote(from), List.of(from), row -> row.get(from));
  }

  static MappedColumns same(Field field) {
    var link = List.of(copy(field.name(), field.name()));
    return new MappedColumns(List.of(field), List.of(field), link, link, true);
  }

  /** Runbook's mappings; a shadow's types, defaults and constraints are in its migration. */
  List<ColumnMapping> mappings(boolean inPlace) {
    var mappings = new ArrayList<ColumnMapping>();
    if (same) {
      return mappings;
    }
    var left = new ArrayList<>(down);
    for (Field field : now) {
      Optional<Derivation> mine =
          up.stream().filter(l -> l.column().equals(field.name())).findFirst();
      var downs = new LinkedHashMap<String, String>();
      // Each once, at the first of the columns that it reads.
      left.removeIf(
          l -> {
            boolean here = l.reads().contains(field.name());
            if (here) {
              downs.put(Sql.quote(l.column()), l.expression());
            }
            return here;
          });
      mappings.add(
          new ColumnMapping(
              Sql.quote(field.name()),
              inPlace ? field.type() : "",
              mine.map(Derivation::expression),
              downs,
              downs.isEmpty() && mine.isPresent() ? Optional.of("no way back") : Optional.empty(),
              inPlace ? field.own().map(Sql::literal) : Optional.empty(),
              !inPlace || !field.notNull(),
              Optional.empty(),
              Optional.empty()));
    }
    return mappings;
  }
}
