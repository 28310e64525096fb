package dev.rubicon.runbook.change;

import java.util.Optional;

/**
 * What becomes other of a column; at least one of the first four.
 *
 * @param type SQL type
 * @param rename its name from the cutover on
 * @param nullable whether it may be NULL
 * @param defaultExpression SQL expression
 * @param up SQL expression over the columns as they are; empty where each value stays what it is
 * @param down SQL expression over the columns as they become; empty as {@code up}, or where the
 *     value is the same in both directions
 */
public record ColumnChange(
    Optional<String> type,
    Optional<String> rename,
    Optional<Boolean> nullable,
    Optional<String> defaultExpression,
    Optional<String> up,
    Optional<String> down) {}
