package dev.rubicon.up;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.stack.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Roles and databases of the embedded cluster, made once. */
public final class Roles {
  private final PostgresServer server;

  public Roles(PostgresServer server) {
    this.server = server;
  }

  /**
   * A login role; its password becomes the given one.
   *
   * @param attributes e.g. {@code CREATEDB}; no superuser is needed anywhere
   */
  public void role(String name, String password, String attributes) {
    String quoted = Identifiers.quote(name);
    run(
        connection -> {
          if (!exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = ?", name)) {
            execute(connection, "CREATE ROLE " + quoted);
          }
          // Generated passwords are hexadecimal and hold no quotes.
          execute(
              connection,
              "ALTER ROLE " + quoted + " LOGIN " + attributes + " PASSWORD '" + password + "'");
        });
  }

  /** Lets one role act as another. */
  public void grant(String role, String to) {
    run(
        connection ->
            execute(
                connection, "GRANT " + Identifiers.quote(role) + " TO " + Identifiers.quote(to)));
  }

  /**
   * A database, unless it is there.
   *
   * @return whether it is new
   */
  public boolean database(String name, String owner) {
    boolean[] created = {false};
    run(
        connection -> {
          if (!exists(connection, "SELECT 1 FROM pg_database WHERE datname = ?", name)) {
            execute(
                connection,
                "CREATE DATABASE "
                    + Identifiers.quote(name)
                    + " OWNER "
                    + Identifiers.quote(owner));
            created[0] = true;
          }
        });
    return created[0];
  }

  /** Drops a database after ending its connections. */
  public void dropDatabase(String name) {
    run(
        connection ->
            execute(
                connection,
                "DROP DATABASE IF EXISTS " + Identifiers.quote(name) + " WITH (FORCE)"));
  }

  @FunctionalInterface
  private interface Work {
    void on(Connection connection) throws SQLException;
  }

  private void run(Work work) {
    try (var connection =
        DriverManager.getConnection(
            server.jdbcUrl("postgres"), server.superuser(), server.password())) {
      work.on(connection);
    } catch (SQLException e) {
      // The server's message may repeat the statement, and with it a password.
      throw new RubiconException(
          ErrorCode.SQL_FAILED,
          "the embedded cluster refused a role or database (SQLSTATE " + e.getSQLState() + ")",
          "name a fresh folder: --state-dir DIR");
    }
  }

  private static boolean exists(Connection connection, String sql, String name)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next();
      }
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
