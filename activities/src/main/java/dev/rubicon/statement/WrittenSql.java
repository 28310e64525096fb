package dev.rubicon.statement;

import dev.rubicon.statement.SqlTokens.Kind;
import dev.rubicon.statement.SqlTokens.Token;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What the text of one field of a runbook must be, and whether it is that: exactly one query,
 * statement, expression, type or key, from which nothing leads out into the statement around it.
 * Asked before anything is sent; what it lets through, PostgreSQL's own parser takes as one
 * statement or refuses ({@code PgSession} sends one in each message).
 */
public enum WrittenSql {
  /** {@code SELECT}, {@code VALUES}, {@code TABLE}, or {@code WITH} that writes nothing. */
  QUERY("one query"),
  /** What may stand between parentheses, where a value is wanted. */
  EXPRESSION("one expression"),
  /** A type's name with its modifiers. */
  TYPE("one type"),
  /** {@code FOREIGN KEY … REFERENCES …} and what belongs to it. */
  FOREIGN_KEY("one FOREIGN KEY"),
  /** {@code CREATE INDEX CONCURRENTLY …}. */
  INDEX("one CREATE INDEX");

  /** Words that no expression has outside of parentheses: something else would begin there. */
  private static final Set<String> BEHIND_EXPRESSIONS =
      Set.of(
          "select",
          "insert",
          "update",
          "delete",
          "merge",
          "values",
          "table",
          "create",
          "alter",
          "drop",
          "truncate",
          "grant",
          "revoke",
          "where",
          "group",
          "having",
          "order",
          "limit",
          "offset",
          "fetch",
          "union",
          "intersect",
          "except",
          "into",
          "returning",
          "references",
          "check",
          "constraint",
          "primary",
          "foreign",
          "default",
          "window",
          "on",
          "using",
          "for",
          "add",
          "rename",
          "set",
          "copy",
          "execute",
          "call",
          "do");

  private static final Set<String> KEY_WORDS =
      Set.of(
          "foreign",
          "key",
          "references",
          "on",
          "delete",
          "update",
          "cascade",
          "restrict",
          "set",
          "null",
          "default",
          "no",
          "action",
          "match",
          "full",
          "simple",
          "partial",
          "deferrable",
          "not",
          "initially",
          "deferred",
          "immediate",
          "valid");

  private static final Set<String> TYPE_STOPS =
      Set.of(
          "default",
          "check",
          "references",
          "not",
          "null",
          "primary",
          "unique",
          "constraint",
          "generated",
          "using",
          "as",
          "on",
          "storage",
          "compression");

  private static final Set<String> QUERIES = Set.of("select", "with", "values", "table");
  private static final Set<String> WRITES = Set.of("insert", "update", "delete", "merge");

  /** Before PostgreSQL 16 a read-only transaction lets them write large objects. */
  private static final Set<String> WRITING_FUNCTIONS =
      Set.of(
          "lo_creat",
          "lo_create",
          "lo_from_bytea",
          "lo_import",
          "lo_put",
          "lo_truncate",
          "lo_truncate64",
          "lo_unlink",
          "lowrite");

  /** Quotes the bodies of the functions that Rubicon installs. */
  private static final String OUR_QUOTE = "$rubicon$";

  private final String what;

  WrittenSql(String what) {
    this.what = what;
  }

  /** In words, for messages: {@code one query}. */
  public String what() {
    return what;
  }

  /** Why it is not that; empty when it is. */
  public Optional<String> problem(String sql) {
    SqlTokens tokens = SqlTokens.of(sql);
    if (tokens.problem().isPresent()) {
      return tokens.problem();
    }
    if (sql.contains(OUR_QUOTE)) {
      return Optional.of("holds " + OUR_QUOTE + ", the quote of Rubicon's own functions");
    }
    List<Token> code = this == QUERY || this == INDEX ? unended(tokens.code()) : tokens.code();
    if (code.isEmpty()) {
      return Optional.of("holds nothing but comments");
    }
    if (code.stream().anyMatch(token -> token.sign(';'))) {
      return Optional.of("has a semicolon inside");
    }
    return switch (this) {
      case QUERY -> query(code);
      case EXPRESSION -> expression(code, tokens.all());
      case TYPE -> type(code);
      case FOREIGN_KEY -> foreignKey(code, tokens.all());
      case INDEX -> Optional.empty();
    };
  }

  /** The text without the semicolons at its end, which may close nothing around it. */
  public static String unended(String sql) {
    return sql.strip().replaceAll("[;\\s]+$", "");
  }

  private static List<Token> unended(List<Token> code) {
    int end = code.size();
    while (end > 0 && code.get(end - 1).sign(';')) {
      end--;
    }
    return code.subList(0, end);
  }

  private static Optional<String> query(List<Token> code) {
    Optional<Token> first = code.stream().filter(token -> !token.sign('(')).findFirst();
    if (first.filter(t -> t.kind() == Kind.WORD && QUERIES.contains(t.text())).isEmpty()) {
      return Optional.of("does not begin with SELECT, WITH, VALUES or TABLE");
    }
    for (int i = 1; i < code.size(); i++) {
      Token token = code.get(i);
      if (token.sign('(') && WRITING_FUNCTIONS.contains(code.get(i - 1).text())) {
        return Optional.of("has " + code.get(i - 1).text() + "() in it, which writes");
      }
      boolean begins = code.get(i - 1).sign('(') || code.get(i - 1).sign(')');
      if (begins && token.kind() == Kind.WORD && WRITES.contains(token.text())) {
        return Optional.of("has " + token.text().toUpperCase(java.util.Locale.ROOT) + " in it");
      }
    }
    return top(code, token -> token.word("into")).map(token -> "has INTO in it: it makes a table");
  }

  private static Optional<String> expression(List<Token> code, List<Token> all) {
    if (all.getLast().kind() == Kind.LINE_COMMENT) {
      return Optional.of("ends in a comment, which would hide what is written behind it");
    }
    if (top(code, token -> token.sign(',')).isPresent()) {
      return Optional.of("has a comma outside of parentheses");
    }
    return top(code, t -> t.kind() == Kind.WORD && BEHIND_EXPRESSIONS.contains(t.text()))
        .map(token -> "has " + token.text().toUpperCase(java.util.Locale.ROOT) + " in it");
  }

  private static Optional<String> type(List<Token> code) {
    return top(
            code,
            t ->
                t.kind() == Kind.STRING
                    || (t.kind() == Kind.WORD && TYPE_STOPS.contains(t.text()))
                    || (t.kind() == Kind.SIGN && !"().[]%\"".contains(t.text())))
        .map(token -> "has '" + token.text() + "' in it");
  }

  private static Optional<String> foreignKey(List<Token> code, List<Token> all) {
    if (all.getLast().kind() == Kind.LINE_COMMENT) {
      return Optional.of("ends in a comment, which would hide what is written behind it");
    }
    if (code.size() < 2 || !code.get(0).word("foreign") || !code.get(1).word("key")) {
      return Optional.of("does not begin with FOREIGN KEY");
    }
    boolean name = false;
    for (Token token : code) {
      boolean named =
          name && (token.kind() == Kind.NAME || token.kind() == Kind.WORD || token.sign('.'));
      boolean known =
          token.kind() == Kind.WORD && KEY_WORDS.contains(token.text())
              || token.sign('(')
              || token.sign(')');
      if (token.depth() == 0 && !named && !known) {
        return Optional.of("has '" + token.text() + "' in it");
      }
      name = token.depth() == 0 && (token.word("references") || (name && !token.sign('(')));
    }
    return Optional.empty();
  }

  private static Optional<Token> top(List<Token> code, Predicate<Token> what) {
    return code.stream().filter(token -> token.depth() == 0).filter(what).findFirst();
  }
}
