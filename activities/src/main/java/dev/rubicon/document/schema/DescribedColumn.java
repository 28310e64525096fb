package dev.rubicon.document.schema;

import dev.rubicon.catalog.definition.ColumnDefinition;
import java.util.ArrayList;
import java.util.List;

/**
 * A column as a reader asks for it.
 *
 * @param value DEFAULT, identity or generation as SQL has it; empty where there is none
 * @param keys {@code PK}, {@code UQ}, {@code FK → relation}
 */
public record DescribedColumn(
    String name, String type, boolean notNull, String value, List<String> keys, String comment) {

  public DescribedColumn {
    keys = List.copyOf(keys);
  }

  static DescribedColumn of(String name, ColumnDefinition column, String comment) {
    return new DescribedColumn(
        name, typed(column), column.notNull(), column.value().toString(), List.of(), comment);
  }

  private static String typed(ColumnDefinition column) {
    return column.type() + column.collation().map(c -> " COLLATE " + c).orElse("");
  }

  DescribedColumn with(String key) {
    if (keys.contains(key)) {
      return this;
    }
    var more = new ArrayList<>(keys);
    more.add(key);
    return new DescribedColumn(name, type, notNull, value, more, comment);
  }

  /** The same in everything that SQL says of it; a comment is none of that. */
  public boolean means(DescribedColumn other) {
    return type.equals(other.type)
        && notNull == other.notNull
        && value.equals(other.value)
        && keys.equals(other.keys);
  }
}
