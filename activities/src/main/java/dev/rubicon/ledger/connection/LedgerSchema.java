package dev.rubicon.ledger.connection;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.Target;
import java.sql.SQLException;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationState;

/** Brings the ledger's schema up to date: the migrations of module {@code migrations}. */
public final class LedgerSchema {
  static final String SCHEMA = "rubicon_ledger";

  private LedgerSchema() {}

  /**
   * @param owner runs the DDL
   * @param workerRole gets what a worker needs and no more; the owner itself needs no grant
   */
  public static void migrate(Target owner, String workerRole) {
    try {
      flyway(owner, workerRole).migrate();
    } catch (FlywayException e) {
      throw failure(e);
    }
  }

  /** Fails unless every migration that this version knows is applied. */
  public static void requireCurrent(Target ledger) {
    try {
      for (var migration : flyway(ledger, "").info().all()) {
        if (migration.getState() == MigrationState.PENDING) {
          throw new RubiconException(
              ErrorCode.LEDGER_UNREACHABLE,
              "the ledger lacks migration " + migration.getVersion(),
              "as the ledger's owner: rubicon setup");
        }
      }
    } catch (FlywayException e) {
      throw failure(e);
    }
  }

  private static Flyway flyway(Target ledger, String workerRole) {
    return Flyway.configure()
        .dataSource(ledger.url(), ledger.user(), ledger.password().reveal())
        .defaultSchema(SCHEMA)
        .locations("classpath:db/ledger")
        .placeholders(Map.of("workerRole", workerRole))
        .loggers("slf4j")
        .connectRetries(0)
        .load();
  }

  private static RubiconException failure(FlywayException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return LedgerConnections.failure(sql, e);
      }
    }
    return new RubiconException(
        ErrorCode.LEDGER_UNREACHABLE,
        "the ledger's schema could not be brought up to date: "
            + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
        "rubicon doctor",
        e);
  }
}
