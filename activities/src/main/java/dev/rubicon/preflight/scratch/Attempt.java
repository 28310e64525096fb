package dev.rubicon.preflight.scratch;

import dev.rubicon.batch.StatementBatches;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Tries what may fail on a scratch database: the server's message is an answer there. */
public final class Attempt {
  private Attempt() {}

  /** The server's message when it fails. */
  public static Optional<String> of(Runnable statement) {
    try {
      statement.run();
      return Optional.empty();
    } catch (RubiconException e) {
      if (e.code() == ErrorCode.CONNECTION_LOST
          || e.code() == ErrorCode.DISK_FULL
          || e.code() == ErrorCode.RUNBOOK_INVALID) {
        throw e;
      }
      return Optional.of(e.getMessage());
    }
  }

  /** The same for SQL in a transaction of its own, under {@link ScratchGuard}. */
  public static Optional<String> of(PgSession session, String position, String sql) {
    return of(() -> ScratchGuard.run(session, position, sql));
  }

  /**
   * The same for one statement after another; definitions that follow each other are sent together,
   * and come to what each alone comes to.
   *
   * @param failed gets the server's message
   */
  public static void each(
      PgSession session,
      List<SqlScript.Statement> statements,
      BiConsumer<SqlScript.Statement, String> failed) {
    StatementBatches.together(
        session,
        statements.stream().map(SqlScript.Statement::sql).toList(),
        Optional.of(ScratchGuard.STATEMENT),
        index -> {
          SqlScript.Statement statement = statements.get(index);
          of(session, statement.position(), statement.sql())
              .ifPresent(error -> failed.accept(statement, error));
        });
  }
}
