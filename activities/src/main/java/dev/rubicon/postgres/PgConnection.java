package dev.rubicon.postgres;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;

/**
 * How a session is opened: the driver's properties, the oldest server that is taken, and the
 * settings that every session has.
 *
 * @param pid process id of its backend
 */
record PgConnection(Connection jdbc, int pid) {
  private static final int OLDEST = 14;

  /**
   * @param driver properties of its own
   */
  static PgConnection open(
      Target target, SessionTag tag, SessionLimits limits, Map<String, String> driver) {
    var properties = new Properties();
    properties.putAll(driver);
    properties.setProperty("user", target.user());
    properties.setProperty("password", target.password().reveal());
    properties.setProperty("ApplicationName", tag.applicationName());
    properties.setProperty("connectTimeout", "10");
    properties.setProperty("tcpKeepAlive", "true");
    // Details of errors hold row values ("Key (email)=(…)"); they must not reach a message.
    properties.setProperty("logServerErrorDetail", "false");
    try {
      var connection = DriverManager.getConnection(target.url(), properties);
      requireSupported(target, connection);
      return new PgConnection(connection, settled(connection, tag, limits));
    } catch (SQLException e) {
      throw SqlFailure.connecting(target, e);
    }
  }

  /** Sets what every session has; returns the process id of its backend. */
  private static int settled(Connection connection, SessionTag tag, SessionLimits limits)
      throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(tag.comment() + settings(limits))) {
      row.next();
      return row.getInt(1);
    } catch (SQLException e) {
      connection.close();
      // The server answered: it is not out of reach.
      throw SqlFailure.of(e);
    }
  }

  /**
   * The transaction of a worker that stands still ends soon, because clients may wait for the rows
   * that it has locked. So does a killed worker's statement, instead of running on without a
   * client. A string means the same whatever the role's settings are: what was read as one
   * statement is one. Queries of the catalog look expensive to the planner and are not, so none is
   * compiled (PostgreSQL documentation, "When to JIT?").
   */
  private static String settings(SessionLimits limits) {
    return """
    SELECT pg_catalog.pg_backend_pid(),
           pg_catalog.set_config('search_path', 'pg_catalog', false),
           pg_catalog.set_config('standard_conforming_strings', 'on', false),
           pg_catalog.set_config('lock_timeout', '%d', false),
           pg_catalog.set_config('statement_timeout', '%d', false),
           pg_catalog.set_config('idle_in_transaction_session_timeout', '%d', false),
           pg_catalog.set_config('client_connection_check_interval', '1s', false),
           pg_catalog.set_config('jit', 'off', false)
    """
        .formatted(
            limits.lockTimeout().toMillis(),
            limits.statementTimeout().toMillis(),
            PgSession.IDLE_IN_TRANSACTION.toMillis());
  }

  /** Older servers do not know the settings below, and would say only that. */
  private static void requireSupported(Target target, Connection connection) throws SQLException {
    int major = connection.getMetaData().getDatabaseMajorVersion();
    if (major < OLDEST) {
      connection.close();
      throw new RubiconException(
          ErrorCode.SERVER_VERSION_UNSUPPORTED,
          "'" + target.name() + "' is PostgreSQL " + major + "; 14 to 18 are supported",
          "upgrade the server to PostgreSQL 14 or newer");
    }
  }
}
