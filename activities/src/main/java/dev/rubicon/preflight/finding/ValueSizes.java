package dev.rubicon.preflight.finding;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.preflight.finding.SizeLimits.Index;
import dev.rubicon.runbook.ColumnMapping;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.runbook.Shadow;
import java.util.ArrayList;
import java.util.Objects;
import java.util.Optional;

/** Expressions for the bytes that a row's values take. */
final class ValueSizes {
  private ValueSizes() {}

  /** The most that an index would hold for a row; empty where that cannot be asked of the table. */
  static Optional<String> largest(
      Index index, Optional<Runbook.Transition> from, SizedTable table) {
    return size(index, from, table).map(size -> filtered(size, from));
  }

  private static String filtered(String size, Optional<Runbook.Transition> from) {
    return "max("
        + size
        + ")"
        + from.flatMap(Runbook.Transition::shadow)
            .flatMap(Shadow::rows)
            .map(rows -> " FILTER (WHERE " + rows + ")")
            .orElse("");
  }

  /**
   * What the values take at least as they are kept, compressed: an index keeps them the same way.
   * Empty where a column is computed; the rehearsal fills that index.
   */
  private static Optional<String> size(
      Index index, Optional<Runbook.Transition> from, SizedTable table) {
    var parts = new ArrayList<String>();
    for (int i = 0; i < index.columns().size(); i++) {
      String source = source(index.columns().get(i), from, table);
      if (index.categories().get(i).equals("S")
          && Objects.equals(table.categories().get(source), "S")) {
        parts.add("coalesce(pg_column_size(" + Identifiers.quote(source) + "), 0)");
      }
    }
    return parts.isEmpty() ? Optional.empty() : Optional.of(String.join(" + ", parts));
  }

  /** The table's column whose value it has; no column's name where it is computed. */
  private static String source(String column, Optional<Runbook.Transition> from, SizedTable table) {
    Optional<ColumnMapping> mapping =
        from.flatMap(
            t ->
                t.columns().stream()
                    .filter(c -> Identifiers.split(c.name()).getFirst().equals(column))
                    .findFirst());
    return mapping
        .map(
            m ->
                m.up()
                    .flatMap(
                        up ->
                            table.categories().keySet().stream()
                                .filter(
                                    c -> up.strip().equals(c) || up.equals(Identifiers.quote(c)))
                                .findFirst())
                    .orElse(""))
        .orElse(column);
  }

  /** Of a whole row as text. */
  static String ofRow(SizedTable table) {
    var parts = new ArrayList<String>();
    table
        .categories()
        .forEach(
            (column, category) -> {
              String name = Identifiers.quote(column);
              switch (category) {
                case "fixed" -> {}
                case "bytea" -> parts.add("coalesce(2 * octet_length(" + name + ")::bigint, 0)");
                case "S" -> parts.add("coalesce(octet_length(" + name + ")::bigint, 0)");
                default -> parts.add("coalesce(pg_column_size(" + name + ")::bigint, 0)");
              }
            });
    return parts.isEmpty() ? "0" : String.join(" + ", parts);
  }
}
