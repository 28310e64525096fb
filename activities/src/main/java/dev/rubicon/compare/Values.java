package dev.rubicon.compare;

import dev.rubicon.postgres.SqlTemplate;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The values of the rows that were found, for the user who asked for them. */
record Values(Columns columns) {
  private static final SqlTemplate VALUES = SqlTemplate.of("compare/sql/values.sql.ftl");
  private static final int LENGTH = 200;

  /** A row is found again by the hashes of its key and of its values. */
  private record Place(long k, long h) {}

  Map<Narrowing.Found, Map<String, Differences.Values>> of(
      List<Narrowing.Found> found, Compare.Reading left, Compare.Reading right) {
    var ours = read(left, places(found.stream().map(Narrowing.Found::left).toList()));
    var theirs = read(right, places(found.stream().map(Narrowing.Found::right).toList()));
    var values = new HashMap<Narrowing.Found, Map<String, Differences.Values>>();
    for (Narrowing.Found row : found) {
      var cells = new LinkedHashMap<String, Differences.Values>();
      Map<String, String> a =
          row.left() == null ? Map.of() : ours.getOrDefault(place(row.left()), Map.of());
      Map<String, String> b =
          row.right() == null ? Map.of() : theirs.getOrDefault(place(row.right()), Map.of());
      for (Column column : columns.compared()) {
        if (row.columns().isEmpty() || row.columns().contains(column.name())) {
          cells.put(
              column.name(), new Differences.Values(a.get(column.name()), b.get(column.name())));
        }
      }
      values.put(row, cells);
    }
    return values;
  }

  private static Place place(Narrowing.Row row) {
    return new Place(row.k(), row.h());
  }

  private static Set<Place> places(List<Narrowing.Row> rows) {
    return rows.stream()
        .filter(r -> r != null)
        .map(Values::place)
        .collect(Collectors.toUnmodifiableSet());
  }

  private record Slots(String row, String values, String key, String rows, String wanted) {}

  private Map<Place, Map<String, String>> read(Compare.Reading side, Set<Place> places) {
    var found = new HashMap<Place, Map<String, String>>();
    if (places.isEmpty()) {
      return found;
    }
    var hash = new RowHash(columns);
    String row = columns.key().isEmpty() ? hash.key(RowHash.KEY) : hash.row();
    String cells =
        columns.compared().stream()
            .map(c -> "left(" + c.text() + ", " + LENGTH + ")")
            .collect(Collectors.joining(", "));
    String wanted =
        places.stream().map(p -> Long.toString(p.k())).distinct().collect(Collectors.joining(", "));
    side.session()
        .written(
            VALUES.render(new Slots(row, cells, hash.key(RowHash.KEY), side.scan().rows(), wanted)),
            result -> {
              var values = new HashMap<String, String>();
              int at = 3;
              for (Column column : columns.compared()) {
                values.put(column.name(), result.getString(at++));
              }
              return found.put(new Place(result.getLong(1), result.getLong(2)), values) == null;
            });
    return found;
  }
}
