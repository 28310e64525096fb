package dev.rubicon.stamp;

import dev.rubicon.postgres.RelationName;

/** SQL of a tool's description. */
final class Sql {
  private Sql() {}

  /** With the table's name in its place. */
  static String of(String sql, RelationName table) {
    return sql.strip().replace("{table}", table.sql());
  }
}
