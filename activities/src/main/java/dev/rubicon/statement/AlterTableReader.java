package dev.rubicon.statement;

import java.util.List;
import java.util.Optional;

/** The actions of an {@code ALTER TABLE}, each by itself. */
final class AlterTableReader {
  private final TokenCursor statement;

  /** Behind the statement's first two words. */
  AlterTableReader(TokenCursor statement) {
    this.statement = statement;
  }

  List<Ddl> parts() {
    statement.words("if", "exists");
    statement.words("only");
    Optional<String> table = statement.name();
    statement.sign('*');
    if (table.isEmpty()) {
      return List.of(new Ddl.Unplaced(statement.whole(), "it names no table", false));
    }
    String head = statement.gone() + " ";
    return statement.list().stream()
        .map(action -> action(action, head + action.whole(), table.get()))
        .toList();
  }

  private static Ddl action(TokenCursor at, String sql, String table) {
    if (at.words("add")) {
      return new Ddl.Added(sql, Optional.of(table));
    }
    if (at.words("drop")) {
      return new Ddl.Dropped(sql, Optional.of(table));
    }
    if (at.words("rename", "to")) {
      return at.name().<Ddl>map(n -> new Ddl.TableRenamed(sql, table, n)).orElse(unplaced(sql));
    }
    if (at.words("rename", "constraint")) {
      return unplaced(sql);
    }
    if (at.words("rename")) {
      at.words("column");
      Optional<String> column = at.name();
      return column.isPresent() && at.words("to")
          ? at.name()
              .<Ddl>map(n -> new Ddl.ColumnRenamed(sql, table, column.get(), n))
              .orElse(unplaced(sql))
          : unplaced(sql);
    }
    if (at.words("alter")) {
      at.words("column");
      return at.name().map(column -> column(at, sql, table, column)).orElse(unplaced(sql));
    }
    return at.words("validate") ? new Ddl.Added(sql, Optional.of(table)) : unplaced(sql);
  }

  private static Ddl column(TokenCursor at, String sql, String table, String column) {
    if (at.words("set", "not", "null")) {
      return new Ddl.NullAllowed(sql, table, column, false);
    }
    if (at.words("drop", "not", "null")) {
      return new Ddl.NullAllowed(sql, table, column, true);
    }
    if (at.words("drop", "default")) {
      return new Ddl.DefaultSet(sql, table, column, Optional.empty());
    }
    if (at.words("set", "default")) {
      return at.before()
          .<Ddl>map(e -> new Ddl.DefaultSet(sql, table, column, Optional.of(e)))
          .orElse(unplaced(sql));
    }
    if (at.words("set", "data", "type") || at.words("type")) {
      Optional<String> type = at.before("using", "collate");
      if (at.words("collate") || type.isEmpty()) {
        return unplaced(sql);
      }
      Optional<String> using = at.words("using") ? at.before() : Optional.empty();
      return new Ddl.Retyped(sql, table, column, type.get(), using);
    }
    return unplaced(sql);
  }

  private static Ddl unplaced(String sql) {
    return new Ddl.Unplaced(sql, "a runbook has no word for it", false);
  }
}
