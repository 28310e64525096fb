package dev.rubicon.runbook;

import java.util.List;

/**
 * A table that holds columns of a partitioned relation, each value once, so that foreign keys can
 * point there: a partitioned relation itself is unique only together with its partition key.
 *
 * @param table which a migration creates, {@code schema.name}, empty, with a key over the columns
 * @param relation as it is called from the cutover on
 * @param columns of the relation; the table's are called the same
 */
public record KeyTable(String table, String relation, List<String> columns) {
  public KeyTable {
    columns = List.copyOf(columns);
  }
}
