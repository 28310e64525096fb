package dev.rubicon.statement;

import dev.rubicon.statement.SqlTokens.Kind;
import dev.rubicon.statement.SqlTokens.Token;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the statement of a text that would begin or end a transaction: the text runs in one that is
 * not its own. Those inside a body are the body's.
 */
public final class TransactionControl {
  private static final Set<String> WORDS =
      Set.of("begin", "commit", "end", "rollback", "abort", "start");

  private TransactionControl() {}

  /** The first; empty where there is none. */
  public static Optional<Beyond.Reach> in(String sql) {
    boolean first = true;
    int atomic = 0;
    String before = "";
    for (Token token : SqlTokens.of(sql).code()) {
      String word = token.kind() == Kind.WORD ? token.text() : "";
      if (atomic > 0) {
        atomic += word.equals("case") ? 1 : word.equals("end") ? -1 : 0;
      } else if (word.equals("atomic") && before.equals("begin")) {
        atomic = 1;
      } else if (token.sign(';')) {
        first = true;
        before = word;
        continue;
      } else if (first && WORDS.contains(word)) {
        return Optional.of(new Beyond.Reach(token.line(), word.toUpperCase(java.util.Locale.ROOT)));
      }
      first = false;
      before = word;
    }
    return Optional.empty();
  }
}
