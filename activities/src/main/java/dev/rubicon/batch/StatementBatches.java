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
      Set.of("CREATE", "ALTER", "DROP", "COMMENT", "GRANT", "REVOKE");

  /** What ends with its transaction, or looks at a table's rows from outside of it. */
  private static final Pattern ALONE =
      Pattern.compile(
          "\\b(?:ON\\s+COMMIT|TEMP|TEMPORARY|CONCURRENTLY|DATABASE|TABLESPACE|SUBSCRIPTION|SYSTEM)\\b",
          Pattern.CASE_INSENSITIVE);

  /** Must not be in a transaction; ends one that is not its own. */
  private static final Set<String> NO_TRANSACTION = Set.of("25001", "2D000");

  private final PgSession session;
  private final Optional<String> guard;
  private final Alone alone;

  private StatementBatches(PgSession session, Optional<String> guard, Alone alone) {
    this.session = session;
    this.guard = guard;
    this.alone = alone;
  }

  /** What becomes of a statement that fails; what it throws ends the run. */
  @FunctionalInterface
  public interface Failed {
    void statement(int index, RubiconException failure);
  }

  /** Sends a statement by itself: one that is no definition, or failed with others. */
  @FunctionalInterface
  public interface Alone {
    void statement(int index);
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
    together(session, statements, guard, index -> one(session, statements, index, guard, failed));
  }

  /**
   * The same, for a caller that sends what stands by itself, and knows what its failure is.
   *
   * @param alone gets the statements that are not sent with others, each in its place
   */
  public static void together(
      PgSession session, List<String> statements, Optional<String> guard, Alone alone) {
    var batches = new StatementBatches(session, guard, alone);
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

  private static void one(
      PgSession session,
      List<String> statements,
      int index,
      Optional<String> guard,
      Failed failed) {
    try {
      session.execute(batch(statements.subList(index, index + 1), guard));
    } catch (RubiconException e) {
      if (SqlFailure.lost(e)) {
        throw e;
      }
      if (guard.isPresent() && NO_TRANSACTION.contains(SqlFailure.state(e))) {
        unguarded(session, statements.get(index), index, failed);
      } else {
        failed.statement(index, e);
      }
    }
  }

  /** It was refused before it did anything. */
  private static void unguarded(PgSession session, String statement, int index, Failed failed) {
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
    if (to - from == 1) {
      alone.statement(from);
      return;
    }
    try {
      session.execute(batch(statements.subList(from, to), guard));
    } catch (RubiconException e) {
      if (SqlFailure.lost(e)) {
        throw e;
      }
      int middle = (from + to) / 2;
      send(statements, from, middle);
      send(statements, middle, to);
    }
  }

  /**
   * The driver sends them in one go, and the server makes one transaction of that. A statement may
   * end with a comment up to the end of its line.
   */
  private static String batch(List<String> statements, Optional<String> guard) {
    String batch = String.join("\n;\n", statements);
    return guard.map(behind -> batch + "\n;\n" + behind).orElse(batch);
  }
}
