package dev.rubicon.expand;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SqlFailure;
import dev.rubicon.table.Naming;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;

/**
 * The bundle's Flyway migrations, and the way back: Flyway's own undo is not in its free edition.
 */
public final class Migrations {
  private static final int ATTEMPTS = 12;

  /** Undefined table, column, object, function; PostgreSQL documentation, appendix A. */
  private static final Set<String> GONE = Set.of("42P01", "42703", "42704", "42883");

  private final PhaseContext context;

  public Migrations(PhaseContext context) {
    this.context = context;
  }

  /**
   * Applies what is missing; returns the versions applied, all of them. One without a transaction
   * that was interrupted is begun again until it is done.
   */
  public List<String> apply(PgSession session) {
    var scripts = MigrationScripts.of(context);
    if (scripts.isEmpty()) {
      return List.of();
    }
    Path folder = scripts.unpack();
    try {
      for (int attempt = 1; ; attempt++) {
        context.progress().checkCancelled();
        forgetFailures(session);
        var connections = new ShortLockDataSource(context);
        try (var _ = context.progress().cancelsWith(connections::cancelRunning)) {
          Flyway flyway = flyway(folder, connections);
          flyway.migrate();
          var versions = new ArrayList<String>();
          for (MigrationInfo info : flyway.info().applied()) {
            if (info.getVersion() != null && !info.getType().isBaseline()) {
              versions.add(info.getVersion().getVersion());
            }
          }
          return List.copyOf(versions);
        } catch (FlywayException e) {
          context.progress().checkCancelled();
          String state = state(e);
          if (!SqlFailure.gaveWay(state) || attempt == ATTEMPTS) {
            throw failed(e, state, attempt);
          }
          context.progress().update("migrations", attempt, 0, "a lock was not free; trying again");
          Thread.sleep(Math.min(5_000, 200L << Math.min(attempt, 5)));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new dev.rubicon.engine.Progress.PhaseCancelled("interrupted");
    } finally {
      MigrationScripts.remove(folder);
    }
  }

  /** Flyway remembers that one without a transaction has failed, and would go no further. */
  private static void forgetFailures(PgSession session) {
    if (there(session)) {
      session.update("DELETE FROM rubicon.flyway_history WHERE NOT success");
    }
  }

  private static boolean there(PgSession session) {
    return session.value("SELECT to_regclass('rubicon.flyway_history') IS NOT NULL").equals("t");
  }

  /**
   * Undoes what was applied, newest first: each U script and its history row in one transaction.
   */
  public void undo(PgSession session) {
    if (!there(session)) {
      return;
    }
    var scripts = MigrationScripts.of(context);
    var applied =
        new ArrayList<>(
            session.query(
                """
                SELECT version FROM rubicon.flyway_history
                WHERE version IS NOT NULL AND success AND type = 'SQL' ORDER BY installed_rank DESC
                """,
                row -> row.getString(1)));
    scripts.begun(applied).ifPresent(applied::addFirst);
    Map<String, String> undo = scripts.undo();
    for (String version : applied) {
      String script = undo.get(version);
      if (script == null) {
        throw new RubiconException(
            ErrorCode.ABORT_IMPOSSIBLE,
            "migration V" + version + " is irreversible: the bundle has no U" + version + " script",
            "bring the schema back by hand, or restore: rubicon restore");
      }
    }
    for (String version : applied) {
      context.progress().checkCancelled();
      context.progress().update("migrations", 0, applied.size(), "undoing V" + version);
      try {
        dev.rubicon.locks.LockLadder.DDL.run(
            session,
            context.progress(),
            List.of(),
            () -> {
              Naming.resolveLocally(session, context.runbook());
              session.execute(undo.get(version));
              return session.update(
                  "DELETE FROM rubicon.flyway_history WHERE version = ?", version);
            });
      } catch (RubiconException e) {
        if (!GONE.contains(SqlFailure.state(e))) {
          throw e;
        }
        // Somebody dropped what the script takes away. If anything else of it remains, the abort's
        // comparison with the baseline names it.
        context.progress().update("migrations", 0, applied.size(), "V" + version + " is gone");
      }
    }
  }

  private Flyway flyway(Path folder, ShortLockDataSource connections) {
    return Flyway.configure(Migrations.class.getClassLoader())
        .dataSource(connections)
        .locations("filesystem:" + folder)
        .defaultSchema("rubicon")
        .schemas("rubicon")
        .createSchemas(false)
        .table("flyway_history")
        .baselineOnMigrate(true)
        .baselineVersion("0")
        .cleanDisabled(true)
        .placeholderReplacement(false)
        .validateMigrationNaming(false)
        .loggers("slf4j")
        .callbacks(new SearchPathCallback(context.runbook()))
        // A lock held in a transaction would keep CREATE INDEX CONCURRENTLY waiting for ourselves.
        .configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
        .load();
  }

  private static RubiconException failed(FlywayException e, String state, int attempts) {
    if (SqlFailure.gaveWay(state)) {
      return new RubiconException(
          ErrorCode.LOCK_NOT_ACQUIRED,
          "a migration did not get its locks in " + attempts + " attempts",
          "end long transactions on the tables it changes, then resume",
          e.getCause() instanceof SQLException sql ? SqlFailure.of(sql) : null);
    }
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        RubiconException coded = SqlFailure.of(sql);
        if (coded.code() == ErrorCode.CONNECTION_LOST
            || coded.code() == ErrorCode.PRIVILEGE_MISSING) {
          return coded;
        }
        return new RubiconException(
            ErrorCode.EXPAND_FAILED,
            "a migration failed: " + coded.getMessage(),
            "correct the migration and launch the new bundle after: rubicon abort",
            coded.getCause());
      }
    }
    return new RubiconException(
        ErrorCode.EXPAND_FAILED,
        "the migrations cannot be applied: " + e.getErrorCode(),
        "see that they are named V<version>__<name>.sql: rubicon abort, then launch the new"
            + " bundle");
  }

  private static String state(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        return sql.getSQLState();
      }
    }
    return "";
  }
}
