package dev.rubicon.statement;

import dev.rubicon.statement.SqlTokens.Kind;
import dev.rubicon.statement.SqlTokens.Token;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A statement's words and signs with one space around each, in lower case and without comments and
 * strings, so that a pattern can be held against it. What a {@code DO} block or {@code EXECUTE}
 * runs is part of it.
 */
public final class StatementWords {
  private final String text;

  private StatementWords(String text) {
    this.text = text;
  }

  public static StatementWords of(String sql) {
    var text = new StringBuilder(" ");
    append(SqlTokens.of(sql).code(), text, 0);
    return new StatementWords(text.toString());
  }

  private static void append(List<Token> tokens, StringBuilder text, int depth) {
    boolean runs =
        depth < 3
            && tokens.stream().anyMatch(t -> t.word("execute") || t.word("do"))
            && tokens.stream().noneMatch(t -> t.word("function") || t.word("procedure"));
    for (Token token : tokens) {
      if (token.kind() != Kind.STRING) {
        text.append(token.text()).append(' ');
      } else if (runs) {
        append(SqlTokens.of(token.text()).code(), text, depth + 1);
      }
    }
  }

  /** Whether the pattern is found; a space in it stands for one between two words. */
  public boolean has(Pattern pattern) {
    return pattern.matcher(text).find();
  }

  /** Whether it begins so. */
  public boolean begins(String words) {
    return text.startsWith(" " + words + " ");
  }

  /** Whether the word stands in it. */
  public boolean names(String word) {
    return text.contains(" " + word + " ");
  }

  @Override
  public String toString() {
    return text.strip();
  }
}
