package dev.rubicon.statement;

import dev.rubicon.statement.SqlTokens.Kind;
import dev.rubicon.statement.SqlTokens.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Goes over the tokens of a statement, and gives what lies between them as it is written. */
final class TokenCursor {
  private final String text;
  private final List<Token> tokens;
  private int at;

  TokenCursor(String text, List<Token> tokens) {
    this.text = text;
    this.tokens = tokens;
  }

  /** The statement, without comments around it. */
  String whole() {
    return text.substring(tokens.getFirst().from(), tokens.getLast().to());
  }

  Optional<Token> peek() {
    return at < tokens.size() ? Optional.of(tokens.get(at)) : Optional.empty();
  }

  boolean any(Predicate<Token> what) {
    return tokens.stream().anyMatch(what);
  }

  /** How many tokens have been gone over. */
  int position() {
    return at;
  }

  /** To the statement's beginning. */
  void back() {
    at = 0;
  }

  /** Goes over these words, if all of them come now. */
  boolean words(String... words) {
    for (int i = 0; i < words.length; i++) {
      if (at + i >= tokens.size() || !tokens.get(at + i).word(words[i])) {
        return false;
      }
    }
    at += words.length;
    return true;
  }

  /** Goes over this sign, if it comes now. */
  boolean sign(char sign) {
    boolean there = peek().filter(token -> token.sign(sign)).isPresent();
    at += there ? 1 : 0;
    return there;
  }

  /** Goes behind the next such word outside of parentheses, or to the end. */
  void to(String word) {
    while (at < tokens.size() && !(tokens.get(at).depth() == 0 && tokens.get(at).word(word))) {
      at++;
    }
    at += at < tokens.size() ? 1 : 0;
  }

  /** A name with its schema where it has one, as it is written. */
  Optional<String> name() {
    int from = at;
    while (at < tokens.size() && named(tokens.get(at))) {
      at++;
      if (!sign('.')) {
        return Optional.of(between(from, at));
      }
    }
    at = from;
    return Optional.empty();
  }

  private static boolean named(Token token) {
    return token.kind() == Kind.WORD || token.kind() == Kind.NAME;
  }

  Optional<String> string() {
    Optional<String> value = peek().filter(t -> t.kind() == Kind.STRING).map(Token::text);
    at += value.isPresent() ? 1 : 0;
    return value;
  }

  /** What comes before the first of these words outside of parentheses, or up to the end. */
  Optional<String> before(String... stops) {
    int from = at;
    while (at < tokens.size() && !(tokens.get(at).depth() == 0 && isOne(tokens.get(at), stops))) {
      at++;
    }
    return at == from ? Optional.empty() : Optional.of(between(from, at));
  }

  private static boolean isOne(Token token, String... words) {
    return List.of(words).stream().anyMatch(token::word);
  }

  /** What is left, as it is written. */
  String rest() {
    return between(at, tokens.size());
  }

  /** What has been gone over, as it is written. */
  String gone() {
    return between(0, at);
  }

  /** What is left, cut at the commas outside of parentheses. */
  List<TokenCursor> list() {
    var parts = new ArrayList<TokenCursor>();
    int from = at;
    for (int i = at; i <= tokens.size(); i++) {
      boolean cut = i == tokens.size() || tokens.get(i).depth() == 0 && tokens.get(i).sign(',');
      if (cut && i > from) {
        parts.add(new TokenCursor(text, tokens.subList(from, i)));
      }
      from = cut ? i + 1 : from;
    }
    return parts;
  }

  private String between(int from, int to) {
    return from == to ? "" : text.substring(tokens.get(from).from(), tokens.get(to - 1).to());
  }
}
