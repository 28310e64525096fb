package dev.rubicon.installed;

import dev.rubicon.postgres.SqlTemplate;
import java.util.List;
import java.util.stream.Stream;

/**
 * Schema {@code rubicon} on the target: its tables and the functions that all transitions share.
 */
public final class TargetSchema {
  /** Drops it: all that the target remembers, and everything else in it. */
  public static final String DROP = "DROP SCHEMA rubicon CASCADE";

  private TargetSchema() {}

  /** What makes it, statement by statement. */
  public static List<String> sql() {
    String tables = SqlTemplate.of("installed/sql/schema.sql.ftl").render(new NoSlots());
    return Stream.concat(Stream.of(tables.strip().split(";\\n")), SharedFunctions.sql().stream())
        .toList();
  }

  private record NoSlots() {}
}
