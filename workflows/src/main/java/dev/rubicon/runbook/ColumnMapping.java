package dev.rubicon.runbook;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One canonical column.
 *
 * @param name canonical column, as in SQL
 * @param type SQL type; empty in a shadow transition, where the canonical relation says so
 * @param up SQL expression over the legacy columns of the row; absent for a new column without a
 *     counterpart in legacy
 * @param down legacy column to SQL expression over the canonical columns
 * @param irreversible why there is no {@code down}; exactly one of the two is given when there is
 *     an {@code up}
 * @param defaultExpression becomes the column's default, for canonical inserts that omit it
 * @param nullable false: validated NOT NULL at cutover
 * @param check SQL condition, added NOT VALID, validated before cutover
 * @param comment becomes the column's comment
 */
public record ColumnMapping(
    String name,
    String type,
    Optional<String> up,
    Map<String, String> down,
    Optional<String> irreversible,
    Optional<String> defaultExpression,
    boolean nullable,
    Optional<String> check,
    Optional<String> comment) {
  public ColumnMapping {
    down = Collections.unmodifiableMap(new LinkedHashMap<>(down));
  }
}
