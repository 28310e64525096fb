package dev.rubicon.compare;

import dev.rubicon.postgres.SqlTemplate;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The SQL of the hashes. A row's hash is a sum of its columns' hashes, each weighted by its place
 * (that is what {@code hash_record_extended} does), so a sum of rows' hashes alone would not see
 * values that rows have exchanged; the sum of a second, non-linear hash of the first does.
 */
record RowHash(Columns columns) {
  private static final SqlTemplate SUMS = SqlTemplate.of("compare/sql/sums.sql.ftl");

  /** Where the row belongs. Unkeyed rows belong where their values put them. */
  String key(int seed) {
    return columns.key().isEmpty()
        ? record(columns.compared().stream().map(Column::compared).toList(), seed)
        : record(columns.key().stream().map(Column::paired).toList(), seed);
  }

  String row() {
    return record(columns.compared().stream().map(Column::compared).toList(), 0);
  }

  /** Of one column; NULL for NULL. */
  static String of(Column column) {
    return "CASE WHEN "
        + column.there()
        + " THEN "
        + record(List.of(column.compared()), 0)
        + " END";
  }

  private static String record(List<String> values, int seed) {
    return values.isEmpty()
        ? "0::bigint"
        : "hash_record_extended(ROW("
            + values.stream().collect(Collectors.joining(", "))
            + "), "
            + seed
            + ")";
  }

  private record Sums(int mask, String key, String row, String rows) {}

  /** Per chunk: how many rows, and the two sums. */
  String sums(String rows, int chunks) {
    return SUMS.render(new Sums(chunks - 1, key(KEY), row(), rows));
  }

  static final int KEY = 42;
  static final int KEY_AGAIN = 43;
}
