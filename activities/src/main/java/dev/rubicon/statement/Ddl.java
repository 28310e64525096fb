package dev.rubicon.statement;

import java.util.List;
import java.util.Optional;

/**
 * What a part of a migration does, as far as a runbook has a word for it. Tables and columns are
 * named as they are written, quotes included.
 */
public sealed interface Ddl {

  /** A statement that does this part alone. */
  String sql();

  /** What becomes other of a table or a column: a transition says it. */
  sealed interface Altered extends Ddl {
    String table();
  }

  /**
   * @param using how each value comes to be one of the new type
   */
  record Retyped(String sql, String table, String column, String type, Optional<String> using)
      implements Altered {}

  record ColumnRenamed(String sql, String table, String column, String name) implements Altered {}

  record TableRenamed(String sql, String table, String name) implements Altered {}

  record NullAllowed(String sql, String table, String column, boolean allowed) implements Altered {}

  /**
   * @param expression empty: it has none any more
   */
  record DefaultSet(String sql, String table, String column, Optional<String> expression)
      implements Altered {}

  /**
   * Something that was not there.
   *
   * @param table that it is part of; empty where it is by itself
   */
  record Added(String sql, Optional<String> table) implements Ddl {}

  /**
   * Tables that go.
   *
   * @param cascades whether what hangs on them goes along
   */
  record TablesDropped(String sql, List<String> tables, boolean cascades) implements Ddl {}

  /**
   * Something else that goes.
   *
   * @param table that it is part of; empty where it is by itself
   */
  record Dropped(String sql, Optional<String> table) implements Ddl {}

  /** The version that a migration tool believes in. */
  record Versioned(String sql, String table, String version) implements Ddl {}

  /** Begins or ends a transaction, or sets something for the session: nothing of it stays. */
  record OfTheSession(String sql) implements Ddl {}

  /**
   * What no word of a runbook says.
   *
   * @param why for people
   * @param rows whether it is, or may be, about rows
   */
  record Unplaced(String sql, String why, boolean rows) implements Ddl {}
}
