package dev.rubicon.runbook.change;

import java.util.Optional;

/**
 * What becomes other of a column.
 *
 * @param type SQL type
 * @param up SQL expression over the columns as they are; empty where each value stays what it is
 * @param down SQL expression over the columns as they become; there exactly with {@code up}
 */
public record ColumnChange(String type, Optional<String> up, Optional<String> down) {}
