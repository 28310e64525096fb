package dev.rubicon.document.schema;

import dev.rubicon.postgres.RelationName;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A table, view or materialized view as a reader thinks of it.
 *
 * @param kind {@code table}, {@code view} or {@code materialized view}
 * @param owner empty where nobody recorded it
 * @param columns in their order where that is known, else by name
 * @param objects {@code kind name} to definition: constraints, indexes, triggers, policies, rules
 * @param references foreign keys
 */
public record DescribedTable(
    RelationName name,
    String kind,
    String owner,
    String comment,
    List<DescribedColumn> columns,
    SortedMap<String, String> objects,
    List<Reference> references) {

  /** A foreign key that points at another relation, or at its own. */
  public record Reference(String name, RelationName to, boolean optional) {}

  public DescribedTable {
    columns = List.copyOf(columns);
    objects = new TreeMap<>(objects);
    references = List.copyOf(references);
  }

  public Map<String, DescribedColumn> byName() {
    var columns = new TreeMap<String, DescribedColumn>();
    this.columns.forEach(column -> columns.put(column.name(), column));
    return columns;
  }
}
