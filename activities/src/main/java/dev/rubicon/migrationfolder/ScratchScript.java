package dev.rubicon.migrationfolder;

import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SqlFailure;
import dev.rubicon.preflight.scratch.ScratchGuard;
import dev.rubicon.preflight.scratch.SqlScript;
import dev.rubicon.statement.Beyond;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs a migration's SQL in the scratch database, and nothing of it that would reach beyond: roles,
 * other databases and the server's settings are everybody's on the staging server.
 */
final class ScratchScript {
  /** The migration's own BEGIN and COMMIT: it is run in a transaction of ours. */
  private static final Pattern BRACKET =
      Pattern.compile(
          "(?is)\\s*(BEGIN|COMMIT|END|START\\s+TRANSACTION)(\\s+(WORK|TRANSACTION))?\\s*");

  private static final Pattern ENDS_TRANSACTION =
      Pattern.compile(
          "(?is)\\s*(BEGIN|COMMIT|END|ROLLBACK(?!\\s+TO)|ABORT|START\\s+TRANSACTION|PREPARE"
              + "\\s+TRANSACTION)\\b.*");

  private static final Pattern IF_NOT_EXISTS =
      Pattern.compile(
          "(?is)\\s*CREATE\\s+(?:UNLOGGED\\s+)?TABLE\\s+IF\\s+NOT\\s+EXISTS\\s+"
              + "((?:\"(?:[^\"]|\"\")+\"|[\\w$]+)(?:\\s*\\.\\s*(?:\"(?:[^\"]|\"\")+\"|[\\w$]+))?).*");

  private final PgSession session;

  ScratchScript(PgSession session) {
    this.session = session;
  }

  /**
   * @param elsewhere whether it was not run because it would change more than the scratch database
   */
  record Failure(String position, String sql, String message, boolean elsewhere) {}

  /** A table that a statement makes unless it is there. */
  record Named(String schema, String name, String position, String sql) {}

  /** All of a file, or nothing of it where it runs in a transaction. */
  Optional<Failure> run(Migration.Sql sql, boolean inTransaction) {
    if (!inTransaction) {
      return statements(sql);
    }
    session.execute("BEGIN");
    boolean stands = false;
    try {
      Optional<Failure> failure = statements(sql).or(() -> shared(sql));
      if (failure.isEmpty()) {
        failure = commit(sql);
        stands = failure.isEmpty();
      }
      return failure;
    } finally {
      if (!stands) {
        session.execute("ROLLBACK");
      }
    }
  }

  /** Deferred constraints are asked now. */
  private Optional<Failure> commit(Migration.Sql sql) {
    try {
      session.execute("COMMIT");
      return Optional.empty();
    } catch (RubiconException e) {
      rethrowLost(e);
      return Optional.of(new Failure(sql.path(), "COMMIT", e.getMessage(), false));
    }
  }

  private Optional<Failure> shared(Migration.Sql sql) {
    return ScratchGuard.shared(session)
        .map(
            catalogs ->
                new Failure(
                    sql.path(),
                    sql.path(),
                    "it changes what all databases of the server share (" + catalogs + ")",
                    true));
  }

  /** What is done here is taken back, whatever came of it. */
  <T> T rolledBack(Supplier<T> work) {
    session.execute("BEGIN");
    try {
      return work.get();
    } finally {
      session.execute("ROLLBACK");
    }
  }

  /** Stops at the first that fails. */
  Optional<Failure> statements(Migration.Sql sql) {
    List<SqlScript.Statement> statements;
    try {
      statements = SqlScript.split(sql.path(), sql.text());
    } catch (RubiconException e) {
      return Optional.of(new Failure(sql.path(), sql.path(), e.getMessage(), false));
    }
    for (SqlScript.Statement statement : statements) {
      if (BRACKET.matcher(statement.sql()).matches()) {
        continue;
      }
      Optional<Failure> failure = statement(statement);
      if (failure.isPresent()) {
        return failure;
      }
    }
    return Optional.empty();
  }

  private Optional<Failure> statement(SqlScript.Statement statement) {
    Optional<Beyond.Reach> reach = Beyond.in(statement.sql());
    if (reach.isPresent()) {
      return Optional.of(
          failure(
              statement,
              "it reaches beyond the database that it runs in (" + reach.get().what() + ")",
              true));
    }
    if (ENDS_TRANSACTION.matcher(statement.sql()).matches()) {
      return Optional.of(failure(statement, "it ends a transaction that is not its own", false));
    }
    try {
      session.execute(statement.sql());
      return Optional.empty();
    } catch (RubiconException e) {
      rethrowLost(e);
      return Optional.of(failure(statement, e.getMessage(), false));
    }
  }

  private static Failure failure(SqlScript.Statement statement, String message, boolean elsewhere) {
    return new Failure(statement.position(), statement.brief(), message, elsewhere);
  }

  private static void rethrowLost(RubiconException e) {
    if (SqlFailure.lost(e)) {
      throw e;
    }
  }

  /** Of the tables that the file makes unless they are there, those that are there now. */
  List<Named> tablesIfNotExist(Migration.Sql sql) {
    var found = new ArrayList<Named>();
    List<SqlScript.Statement> statements;
    try {
      statements = SqlScript.split(sql.path(), sql.text());
    } catch (RubiconException e) {
      return List.of(); // running the same file says why
    }
    for (SqlScript.Statement statement : statements) {
      Matcher table = IF_NOT_EXISTS.matcher(statement.sql());
      if (table.matches()) {
        session.query(
            """
            SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.oid = to_regclass(?)
            """,
            row ->
                found.add(
                    new Named(
                        row.getString(1),
                        row.getString(2),
                        statement.position(),
                        statement.brief())),
            table.group(1));
      }
    }
    return found;
  }
}
