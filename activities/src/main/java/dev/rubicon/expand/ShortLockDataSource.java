package dev.rubicon.expand;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SqlFailure;
import dev.rubicon.postgres.Target;
import dev.rubicon.table.Naming;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/** Connections for Flyway: with Rubicon's application_name, and the same short lock_timeout. */
final class ShortLockDataSource implements DataSource {
  private final PhaseContext context;
  private final List<Connection> given = new CopyOnWriteArrayList<>();

  ShortLockDataSource(PhaseContext context) {
    this.context = context;
  }

  @Override
  public Connection getConnection() throws SQLException {
    Target target = context.target();
    var properties = new Properties();
    properties.setProperty("user", target.user());
    properties.setProperty("password", target.password().reveal());
    properties.setProperty("ApplicationName", context.tag().applicationName());
    properties.setProperty("connectTimeout", "10");
    properties.setProperty("logServerErrorDetail", "false");
    var connection = DriverManager.getConnection(target.url(), properties);
    try (var statement = connection.createStatement()) {
      // Flyway puts its own schema in front; the owner's follow, as in the owner's own tool.
      statement.execute("SET search_path = " + Naming.searchPath(context.runbook()));
      statement.execute("SET client_connection_check_interval = '1s'");
      statement.execute("SET lock_timeout = " + SessionLimits.SHORT.lockTimeout().toMillis());
      // A migration may fill a table of its own, however long the role's default lets others run;
      // only rubicon.yaml sets a limit.
      statement.execute(
          "SET statement_timeout = " + target.allowance().within(Duration.ZERO).toMillis());
      statement.execute(
          "SET idle_in_transaction_session_timeout = " + PgSession.IDLE_IN_TRANSACTION.toMillis());
    }
    given.add(connection);
    return connection;
  }

  /** From another thread: the migration under way may still need hours. */
  void cancelRunning() {
    for (Connection connection : given) {
      try {
        if (!connection.isClosed()) {
          connection.unwrap(PGConnection.class).cancelQuery();
        }
      } catch (SQLException e) {
        throw SqlFailure.of(e);
      }
    }
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    return getConnection();
  }

  @Override
  public PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(PrintWriter out) {}

  @Override
  public void setLoginTimeout(int seconds) {}

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getLogger("rubicon");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLException("wraps nothing");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
