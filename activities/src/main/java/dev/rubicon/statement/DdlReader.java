package dev.rubicon.statement;

import dev.rubicon.statement.SqlTokens.Kind;
import dev.rubicon.statement.SqlTokens.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads one statement of a migration for what it does. Whether it is SQL, PostgreSQL says: whoever
 * asks lets it try the statement.
 */
public final class DdlReader {
  private static final Set<String> ROWS =
      Set.of(
          "insert",
          "update",
          "delete",
          "merge",
          "copy",
          "truncate",
          "select",
          "with",
          "call",
          "values",
          "table");
  private static final Set<String> SESSION =
      Set.of("begin", "start", "commit", "end", "set", "reset", "lock");

  private final TokenCursor at;

  private DdlReader(TokenCursor at) {
    this.at = at;
  }

  /**
   * @param sql one statement, without its semicolon
   * @return its parts: an {@code ALTER TABLE} has one for each of its actions
   */
  public static List<Ddl> of(String sql) {
    SqlTokens tokens = SqlTokens.of(sql);
    List<Token> code = tokens.code();
    if (code.isEmpty()) {
      return List.of();
    }
    if (tokens.problem().isPresent()) {
      return List.of(new Ddl.Unplaced(sql, "it " + tokens.problem().get(), true));
    }
    return new DdlReader(new TokenCursor(sql, code)).statement();
  }

  private List<Ddl> statement() {
    if (at.words("alter", "table")) {
      return new AlterTableReader(at).parts();
    }
    return List.of(other());
  }

  private Ddl other() {
    String sql = at.whole();
    if (at.words("create")) {
      return created(sql);
    }
    if (at.words("drop", "table")) {
      return tablesDropped(sql);
    }
    if (at.words("drop", "index", "concurrently")) {
      // Contract drops it in its transaction, whose locks are short.
      return new Ddl.Dropped("DROP INDEX " + at.rest(), Optional.empty());
    }
    if (at.words("drop")) {
      return new Ddl.Dropped(sql, Optional.empty());
    }
    if (at.words("comment", "on") || at.words("grant")) {
      return new Ddl.Added(sql, Optional.empty());
    }
    if (at.words("alter", "type")) {
      at.name();
      return at.words("add", "value")
          ? new Ddl.Added(sql, Optional.empty())
          : new Ddl.Unplaced(sql, "a runbook has no word for it", false);
    }
    Optional<Ddl> version = version(sql);
    if (version.isPresent()) {
      return version.get();
    }
    Token first = at.peek().orElseThrow();
    if (first.word("do")) {
      return new Ddl.Unplaced(sql, "what a block does is decided when it runs", true);
    }
    if (first.kind() == Kind.WORD && ROWS.contains(first.text())) {
      return new Ddl.Unplaced(
          sql, "it is about rows: say what fills them (up), or write a migration of expand", true);
    }
    if (first.kind() == Kind.WORD && SESSION.contains(first.text())) {
      return new Ddl.OfTheSession(sql);
    }
    return new Ddl.Unplaced(sql, "a runbook has no word for it", false);
  }

  private Ddl created(String sql) {
    at.words("unique");
    if (at.words("index")) {
      at.to("on");
      at.words("only");
      return new Ddl.Added(sql, at.name());
    }
    if (at.any(token -> token.depth() == 0 && token.word("as"))
        && at.any(token -> token.depth() == 0 && token.word("table"))
        && !at.any(token -> token.word("view") || token.word("function"))) {
      return new Ddl.Unplaced(sql, "it makes rows: a runbook's migrations make tables empty", true);
    }
    return new Ddl.Added(sql, Optional.empty());
  }

  private Ddl tablesDropped(String sql) {
    at.words("if", "exists");
    var tables = new ArrayList<String>();
    do {
      at.name().ifPresent(tables::add);
    } while (at.sign(','));
    return new Ddl.TablesDropped(sql, tables, at.words("cascade"));
  }

  /** As Alembic writes it: one column, one value. */
  private Optional<Ddl> version(String sql) {
    if (at.words("update")) {
      Optional<String> table = at.name();
      if (table.filter(DdlReader::alembic).isPresent() && at.words("set", "version_num")) {
        at.sign('=');
        return at.string().map(v -> new Ddl.Versioned(sql, table.get(), v));
      }
    } else if (at.words("insert", "into")) {
      Optional<String> table = at.name();
      if (table.filter(DdlReader::alembic).isPresent()) {
        at.to("values");
        at.sign('(');
        return at.string().map(v -> new Ddl.Versioned(sql, table.get(), v));
      }
    }
    at.back();
    return Optional.empty();
  }

  private static boolean alembic(String table) {
    return table.replace("\"", "").replaceAll("^.*\\.", "").equals("alembic_version");
  }
}
