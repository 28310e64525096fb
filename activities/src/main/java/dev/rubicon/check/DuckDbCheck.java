package dev.rubicon.check;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.Target;
import dev.rubicon.preflight.scratch.ScratchDatabase;
import dev.rubicon.runbook.Check;
import dev.rubicon.table.Naming;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.duckdb.DuckDBConnection;

/**
 * Analytics over fresh rows: exports of the target and of a local canonical database as Parquet,
 * read together by DuckDB. DuckDB sees the folder of this check's files and nothing else.
 */
final class DuckDbCheck {
  private final Target staging;
  private final Optional<Path> artefacts;

  /**
   * @param staging server on which the local canonical database is built
   * @param artefacts where the Parquet files stay; empty: they are deleted
   */
  DuckDbCheck(Target staging, Optional<Path> artefacts) {
    this.staging = staging;
    this.artefacts = artefacts;
  }

  Outcome run(Check.DuckDb check, PhaseContext context, Variables variables) {
    return ask(check, context, rows -> rows.compare(check.expect(), variables));
  }

  /** All of it, whatever the answer is. */
  Outcome attempt(Check.DuckDb check, PhaseContext context) {
    return ask(check, context, rows -> Rows.fits(rows.columns(), check.expect()));
  }

  private Outcome ask(Check.DuckDb check, PhaseContext context, Function<Rows, Outcome> judge) {
    Path folder = folder(check);
    try (DuckDBConnection duck = open()) {
      exportTarget(check, context, duck, folder);
      if (!check.local().isEmpty()) {
        exportLocal(check, context, duck, folder);
      }
      return judge.apply(query(check, context.progress(), duck, folder));
    } catch (SQLException e) {
      context.progress().checkCancelled();
      return Outcome.failed("DuckDB refused: " + kind(e));
    } catch (RubiconException e) {
      context.progress().checkCancelled();
      if (e.code().retryable() && e.code() != ErrorCode.SQL_FAILED) {
        throw e;
      }
      return Outcome.failed(e.getMessage());
    } finally {
      if (artefacts.isEmpty()) {
        delete(folder);
      }
    }
  }

  private static void exportTarget(
      Check.DuckDb check, PhaseContext context, DuckDBConnection duck, Path folder) {
    try (PgSession session = context.open(SessionLimits.SCAN);
        var _ = context.progress().cancelsWith(session)) {
      Naming.resolve(session, context.runbook());
      export(session, check.export(), duck, folder);
    }
  }

  private void exportLocal(
      Check.DuckDb check, PhaseContext context, DuckDBConnection duck, Path folder) {
    try (ScratchDatabase scratch =
        ScratchDatabase.create(staging, context.tag(), context.progress())) {
      scratch.apply(context.bundle().canonical(), Naming.timeseries(context.runbook()));
      try (PgSession session = scratch.open()) {
        Naming.resolve(session, context.runbook());
        ScratchDatabase.apply(session, context.bundle(), check.localSql());
      }
      try (PgSession session = scratch.open();
          var _ = context.progress().cancelsWith(session)) {
        Naming.resolve(session, context.runbook());
        export(session, check.local(), duck, folder);
      }
    }
  }

  private static void export(
      PgSession session, Map<String, String> views, DuckDBConnection duck, Path folder) {
    session.inTransaction(
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        () -> {
          // It waits while DuckDB writes a view's file; it only reads, so no client waits for it.
          session.execute("SET LOCAL idle_in_transaction_session_timeout = '10min'");
          // DuckDB reads PostgreSQL's text: one spelling, whatever the role's settings are.
          session.execute("SET LOCAL TimeZone = 'UTC'");
          session.execute("SET LOCAL DateStyle = 'ISO, YMD'");
          session.execute("SET LOCAL bytea_output = 'hex'");
          session.execute("SET LOCAL extra_float_digits = 1");
          long rows = 0;
          for (Map.Entry<String, String> view : views.entrySet()) {
            rows +=
                ParquetExport.write(session, view.getValue(), duck, file(folder, view.getKey()));
          }
          return rows;
        });
  }

  private static Rows query(
      Check.DuckDb check, Progress progress, DuckDBConnection duck, Path folder)
      throws SQLException {
    try (Statement statement = duck.createStatement();
        var _ = progress.cancelsWith(() -> cancel(statement))) {
      statement.execute(
          "SET allowed_directories = [" + Identifiers.literal(folder.toString()) + "]");
      statement.execute("SET enable_external_access = false");
      for (String view : check.export().keySet()) {
        view(statement, view, folder);
      }
      for (String view : check.local().keySet()) {
        view(statement, view, folder);
      }
      statement.execute("SET lock_configuration = true");
      statement.setMaxRows(check.expect().size() + 1);
      try (ResultSet result = statement.executeQuery(asText(check.query()))) {
        return Rows.read(result);
      }
    }
  }

  /** DuckDB itself spells the cells; the driver would spell timestamps in Java's way. */
  private static String asText(String query) {
    String bare = query.strip().replaceFirst(";+$", "");
    return "SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (\n" + bare + "\n) AS answer";
  }

  private static void view(Statement statement, String view, Path folder) throws SQLException {
    statement.execute(
        "CREATE VIEW "
            + Identifiers.quote(view)
            + " AS SELECT * FROM read_parquet("
            + Identifiers.literal(file(folder, view).toString())
            + ")");
  }

  private static DuckDBConnection open() throws SQLException {
    DuckDBConnection duck =
        DriverManager.getConnection("jdbc:duckdb:").unwrap(DuckDBConnection.class);
    try (Statement statement = duck.createStatement()) {
      statement.execute("SET autoinstall_known_extensions = false");
      statement.execute("SET autoload_known_extensions = false");
      statement.execute("SET TimeZone = 'UTC'");
      statement.execute("SET threads = 2");
      statement.execute("SET memory_limit = '1GB'");
      return duck;
    } catch (SQLException e) {
      duck.close();
      throw e;
    }
  }

  private static void cancel(Statement statement) {
    try {
      statement.cancel();
    } catch (SQLException e) {
      throw new IllegalStateException("DuckDB does not stop: " + kind(e));
    }
  }

  /**
   * DuckDB's messages quote values ("Could not convert string '…'"): only their kind is reported.
   */
  private static String kind(SQLException e) {
    String message = String.valueOf(e.getMessage());
    int colon = message.indexOf(':');
    return colon > 0 && colon < 60 ? message.substring(0, colon) : "an error";
  }

  private static Path file(Path folder, String view) {
    return folder.resolve(view.replaceAll("[^A-Za-z0-9_-]", "_") + ".parquet");
  }

  private Path folder(Check.DuckDb check) {
    try {
      if (artefacts.isEmpty()) {
        return Files.createTempDirectory("rubicon-duckdb-");
      }
      Path folder = artefacts.get().resolve(check.name().replaceAll("[^A-Za-z0-9_-]", "_"));
      return Files.createDirectories(folder).toAbsolutePath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) {
    try (var paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
