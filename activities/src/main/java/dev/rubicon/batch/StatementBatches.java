package dev.rubicon.batch;

import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SqlFailure;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Runs statements one after another as if each were sent alone, and sends definitions that follow
 * each other together: a commit for each of ten thousand costs more than the definitions do. Where
 * one of them fails, all that were sent with it are taken back by the server, and sent again in
 * halves until it stands alone.
 */
public final class StatementBatches {
  /**
   * A table with its indexes and its sequence, three statements, takes eight locks until the batch
   * ends, of the 6,400 that a server has room for unless it is set otherwise.
   */
  private static final int MOST = 200;

  /** What has the same effect whether or not a commit follows it. */
  private static final Set<String> DEFINING =
      Set.of("CREATE", "ALTER", "COMMENT", "GRANT", "REVOKE");

  /** What ends with its transaction, or looks at a table's rows from outside of it. */
  private static final Pattern ALONE =
      Pattern.compile(
          "\\b(?:ON\\s+COMMIT|TEMP|TEMPORARY|CONCURRENTLY|DATABASE|TABLESPACE|SUBSCRIPTION|SYSTEM)\\b",
          Pattern.CASE_INSENSITIVE);

  /** Must not be in a transaction; ends one that is not its own. */
  private static final Set<String> NO_TRANSACTION = Set.of("25001", "2D000");

  private final PgSession session;
  private final Optional<String> guard;
  private final Failed failed;

  private StatementBatches(PgSession session, Optional<String> guard, Failed failed) {
    this.session = session;
    this.guard = guard;
    this.failed = failed;
  }

  /** What becomes of a statement that fails; what it throws ends the run. */
  @FunctionalInterface
  public interface Failed {
    void statement(int index, RubiconException failure);
  }

  /**
   * @param session in autocommit
   * @param failed not asked where the connection was lost, which is thrown
   */
  public static void run(PgSession session, List<String> statements, Failed failed) {
    run(session, statements, Optional.empty(), failed);
  }

  /**
   * @param guard a statement sent behind each batch, in its transaction: where it fails, so has the
   *     batch. What must not be in a transaction goes without it.
   */
  public static void run(
      PgSession session, List<String> statements, Optional<String> guard, Failed failed) {
    var batches = new StatementBatches(session, guard, failed);
    int from = 0;
    while (from < statements.size()) {
      int to = from + 1;
      if (defines(statements.get(from))) {
        while (to < statements.size() && to - from < MOST && defines(statements.get(to))) {
          to++;
        }
      }
      batches.send(statements, from, to);
      from = to;
    }
  }

  /** It was refused before it did anything. */
  private void unguarded(String statement, int index) {
    try {
      session.execute(statement);
    } catch (RubiconException e) {
      if (SqlFailure.lost(e)) {
        throw e;
      }
      failed.statement(index, e);
    }
  }

  static boolean defines(String sql) {
    String text = sql.stripLeading();
    int end = 0;
    while (end < text.length() && Character.isLetter(text.charAt(end))) {
      end++;
    }
    return DEFINING.contains(text.substring(0, end).toUpperCase(Locale.ROOT))
        && !ALONE.matcher(text).find();
  }

  private void send(List<String> statements, int from, int to) {
    try {
      // The driver sends them in one go, and the server makes one transaction of that. A statement
      // may end with a comment up to the end of its line.
      String batch = String.join("\n;\n", statements.subList(from, to));
      session.execute(guard.map(behind -> batch + "\n;\n" + behind).orElse(batch));
    } catch (RubiconException e) {
      if (SqlFailure.lost(e)) {
        throw e;
      }
      if (to - from == 1) {
        if (guard.isPresent() && NO_TRANSACTION.contains(SqlFailure.state(e))) {
          unguarded(statements.get(from), from);
        } else {
          failed.statement(from, e);
        }
        return;
      }
      int middle = (from + to) / 2;
      send(statements, from, middle);
      send(statements, middle, to);
    }
  }
}
