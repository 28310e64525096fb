package dev.rubicon.statement;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.statement.SqlTokens.Kind;
import dev.rubicon.statement.SqlTokens.Token;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Something that a statement makes and that nobody can notice: it was not there, and it refuses no
 * write, runs nothing and changes nothing that is there. What is not known to be so is none of
 * these; {@code IF NOT EXISTS} and names without a schema are not, because they may mean what is
 * there already.
 *
 * @param kind as {@code DROP} calls it
 * @param name in parts, as SQL reads them
 */
public record Made(String kind, List<String> name) {
  /** Types without rules of their own. */
  private static final Set<String> PLAIN_TYPES =
      Set.of(
          "bigint",
          "int8",
          "integer",
          "int",
          "int4",
          "smallint",
          "int2",
          "text",
          "varchar",
          "character",
          "varying",
          "char",
          "boolean",
          "bool",
          "numeric",
          "decimal",
          "real",
          "double",
          "precision",
          "float4",
          "float8",
          "date",
          "time",
          "timestamp",
          "timestamptz",
          "with",
          "without",
          "zone",
          "interval",
          "uuid",
          "json",
          "jsonb",
          "bytea",
          "inet",
          "cidr");

  private static final Set<String> CONSTANTS =
      Set.of("true", "false", "current_timestamp", "current_date", "now");

  private static final Set<String> BEFORE_PARENTHESES = Set.of("in", "and", "or", "not", "where");

  /** To these every value has a cast that fails for none. */
  private static final Set<String> TEXTS = Set.of("text", "varchar", "character", "bpchar");

  public Made {
    name = List.copyOf(name);
  }

  public static Made index(RelationName name) {
    return new Made("index", List.of(name.schema(), name.name()));
  }

  /** Empty where it makes nothing, or something that may be noticed. */
  public static Optional<Made> by(String sql) {
    SqlTokens tokens = SqlTokens.of(sql);
    if (tokens.problem().isPresent() || tokens.code().isEmpty()) {
      return Optional.empty();
    }
    List<Token> code = tokens.code();
    var at = new TokenCursor(sql, code);
    if (at.words("create", "index")) {
      at.words("concurrently");
      return index(at, code);
    }
    if (at.words("create", "table")) {
      return table(at, code);
    }
    if (at.words("create", "view")) {
      return named("view", at);
    }
    if (at.words("create", "type")) {
      Optional<Made> type = named("type", at);
      return at.words("as", "enum") ? type : Optional.empty();
    }
    if (at.words("comment", "on")) {
      return Optional.of(new Made("comment", List.of()));
    }
    return at.words("alter", "table") ? column(at, code) : Optional.empty();
  }

  private static Optional<Made> named(String kind, TokenCursor at) {
    return at.name().map(Identifiers::split).filter(n -> n.size() == 2).map(n -> new Made(kind, n));
  }

  private static Optional<Made> index(TokenCursor at, List<Token> code) {
    Optional<List<String>> name = at.name().map(Identifiers::split).filter(n -> n.size() == 1);
    if (name.isEmpty() || !at.words("on")) {
      return Optional.empty();
    }
    at.words("only");
    Optional<List<String>> table = at.name().map(Identifiers::split).filter(n -> n.size() == 2);
    if (table.isEmpty()) {
      return Optional.empty();
    }
    if (at.words("using")) {
      at.name();
    }
    return at.peek().filter(t -> t.sign('(')).isPresent() && !computes(at.position(), code)
        ? Optional.of(new Made("index", List.of(table.get().getFirst(), name.get().getFirst())))
        : Optional.empty();
  }

  /**
   * Whether something is computed behind this place, where the columns begin: that may fail, and
   * then it refuses a write.
   */
  private static boolean computes(int from, List<Token> code) {
    boolean condition = false;
    for (int i = from + 1; i < code.size(); i++) {
      Token token = code.get(i);
      Token before = code.get(i - 1);
      condition |= token.depth() == 0 && token.word("where");
      if (condition ? computes(before, token, code, i) : opensMore(before, token)) {
        return true;
      }
    }
    return false;
  }

  private static boolean opensMore(Token before, Token token) {
    return token.sign('(') && !before.word("include") && !before.word("with");
  }

  private static boolean computes(Token before, Token token, List<Token> code, int i) {
    if (token.sign('(')) {
      return before.kind() != Kind.SIGN
          && !(before.kind() == Kind.WORD && BEFORE_PARENTHESES.contains(before.text()));
    }
    if (token.sign(':') && before.sign(':')) {
      Kind of = code.get(i - 2).kind();
      boolean text =
          i + 1 < code.size()
              && code.get(i + 1).kind() == Kind.WORD
              && TEXTS.contains(code.get(i + 1).text());
      return of != Kind.STRING && of != Kind.NUMBER && !text;
    }
    return token.kind() == Kind.SIGN && !"()[],.=<>!:".contains(token.text());
  }

  private static Optional<Made> table(TokenCursor at, List<Token> code) {
    Optional<Made> table = named("table", at);
    boolean body = at.peek().filter(t -> t.sign('(')).isPresent();
    boolean more =
        code.subList(at.position(), code.size()).stream()
            .anyMatch(
                t ->
                    t.word("references")
                        || t.depth() == 0 && t.kind() != Kind.SIGN && t.kind() != Kind.STRING);
    return body && !more ? table : Optional.empty();
  }

  private static Optional<Made> column(TokenCursor at, List<Token> code) {
    at.words("only");
    Optional<List<String>> table = at.name().map(Identifiers::split).filter(n -> n.size() == 2);
    if (table.isEmpty() || !at.words("add")) {
      return Optional.empty();
    }
    at.words("column");
    Optional<List<String>> name = at.name().map(Identifiers::split).filter(n -> n.size() == 1);
    if (name.isEmpty() || code.stream().anyMatch(t -> t.depth() == 0 && t.sign(','))) {
      return Optional.empty();
    }
    int type = at.position();
    if (at.before("default", "not", "null").isEmpty()) {
      return Optional.empty();
    }
    boolean plain =
        code.subList(type, at.position()).stream()
            .allMatch(
                t ->
                    t.kind() == Kind.WORD && PLAIN_TYPES.contains(t.text())
                        || t.kind() == Kind.NUMBER
                        || t.kind() == Kind.SIGN && "(),[]".contains(t.text()));
    boolean constant = false;
    boolean required = false;
    boolean goesOn = true;
    while (goesOn) {
      if (!constant && at.words("default")) {
        int from = at.position();
        at.before("not", "null");
        List<Token> value = code.subList(from, at.position());
        constant = !value.isEmpty() && value.stream().allMatch(Made::constant);
        plain = plain && constant;
      } else if (!required && at.words("not", "null")) {
        required = true;
      } else {
        goesOn = false;
      }
    }
    boolean made = plain && at.rest().isEmpty() && (!required || constant);
    return made
        ? Optional.of(
            new Made(
                "column", List.of(table.get().get(0), table.get().get(1), name.get().getFirst())))
        : Optional.empty();
  }

  private static boolean constant(Token token) {
    return switch (token.kind()) {
      case STRING, NUMBER -> true;
      case WORD -> CONSTANTS.contains(token.text()) || PLAIN_TYPES.contains(token.text());
      case SIGN -> "-:()[],".contains(token.text());
      case NAME, LINE_COMMENT -> false;
    };
  }

  /** Whether the statement takes back what was made, one of it, and nothing else. */
  public static boolean isTakenBackBy(String sql, Collection<Made> made) {
    SqlTokens tokens = SqlTokens.of(sql);
    if (tokens.problem().isPresent() || tokens.code().isEmpty()) {
      return false;
    }
    var at = new TokenCursor(sql, tokens.code());
    if (at.words("comment", "on")) {
      return true;
    }
    if (at.words("select")) {
      return at.rest().equals("1");
    }
    if (at.words("alter", "table")) {
      at.words("if", "exists");
      at.words("only");
      var name = new ArrayList<String>(at.name().map(Identifiers::split).orElse(List.of()));
      if (!at.words("drop")) {
        return false;
      }
      at.words("column");
      at.words("if", "exists");
      at.name().map(Identifiers::split).ifPresent(name::addAll);
      return at.rest().isEmpty() && made.contains(new Made("column", name));
    }
    for (String kind : List.of("index", "table", "view", "type")) {
      if (at.words("drop", kind)) {
        at.words("concurrently");
        at.words("if", "exists");
        List<String> name = at.name().map(Identifiers::split).orElse(List.of());
        at.words("restrict");
        return at.rest().isEmpty() && made.contains(new Made(kind, name));
      }
    }
    return false;
  }
}
