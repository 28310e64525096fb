package dev.rubicon.clients;

import dev.rubicon.stack.SharedPostgres;
import dev.rubicon.transition.Bench;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A client that prepares its statements, lets something happen, and runs them again. */
enum DriverClient {
  PGJDBC,
  PSYCOPG,
  NODE_POSTGRES;

  private static final Map<String, String> STATEMENTS = new LinkedHashMap<>();

  static {
    STATEMENTS.put("star", "SELECT * FROM users WHERE id = ?");
    STATEMENTS.put("columns", "SELECT id, name FROM users WHERE id = ?");
    STATEMENTS.put("value", "SELECT name FROM users WHERE id = ?");
    STATEMENTS.put("update", "UPDATE users SET name = name WHERE id = ?");
  }

  /** How to run it; empty where the driver is not to be had here. */
  Optional<List<String>> command() {
    String python = Optional.ofNullable(System.getenv("RUBICON_PYTHON")).orElse("python3");
    return switch (this) {
      case PGJDBC -> Optional.of(List.of());
      case PSYCOPG ->
          works(python, "-c", "import psycopg")
              ? Optional.of(List.of(python, script("psycopg_client.py")))
              : Optional.empty();
      case NODE_POSTGRES ->
          works("node", "-e", "require('pg')")
              ? Optional.of(List.of("node", script("node_client.cjs")))
              : Optional.empty();
    };
  }

  private static String script(String name) {
    return Path.of("..", "bench", "clients", name).toString();
  }

  private static boolean works(String... command) {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Case and SQLSTATE of what failed. */
  Map<String, String> across(Bench bench, Runnable event) {
    var said = this == PGJDBC ? jdbc(bench, event) : script(bench, event);
    var failed = new TreeMap<>(said);
    failed.values().removeIf("ok"::equals);
    if (said.size() != STATEMENTS.size() * 4) {
      throw new IllegalStateException(this + " said " + said);
    }
    return failed;
  }

  private Map<String, String> script(Bench bench, Runnable event) {
    var server = SharedPostgres.server();
    var command = new ArrayList<>(command().orElseThrow());
    command.add(
        "postgresql://%s:%s@%s:%d/%s"
            .formatted(
                server.superuser(),
                server.password(),
                server.host(),
                server.port(),
                bench.database()));
    var said = new TreeMap<String, String>();
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      try (var lines =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        if (!"ready".equals(lines.readLine())) {
          throw new IllegalStateException(this + " is not ready");
        }
        event.run();
        process.getOutputStream().write("\n".getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
        lines.lines().forEach(line -> said.put(line.split(" ")[0], line.split(" ")[1]));
      } finally {
        process.destroy();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return said;
  }

  /** A connection for each case: an error makes the driver forget all that it prepared on it. */
  private static Map<String, String> jdbc(Bench bench, Runnable event) {
    var server = SharedPostgres.server();
    String url = server.jdbcUrl(bench.database()) + "?prepareThreshold=1";
    var connections = new LinkedHashMap<String, Connection>();
    var said = new TreeMap<String, String>();
    try {
      for (var statement : STATEMENTS.entrySet()) {
        for (String mode : List.of("", "-transaction")) {
          var connection = DriverManager.getConnection(url, server.superuser(), server.password());
          connections.put(statement.getKey() + mode, connection);
          for (int i = 0; i < 7; i++) {
            run(connection, statement.getValue());
          }
        }
      }
      event.run();
      for (var open : connections.entrySet()) {
        String sql = STATEMENTS.get(open.getKey().split("-")[0]);
        for (String again : List.of("", "-again")) {
          said.put(
              open.getKey() + again,
              state(
                  open.getKey().contains("-")
                      ? () -> inTransaction(open.getValue(), sql)
                      : () -> run(open.getValue(), sql)));
        }
      }
      for (Connection connection : connections.values()) {
        connection.close();
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return said;
  }

  private interface Sql {
    void run() throws SQLException;
  }

  private static String state(Sql work) {
    try {
      work.run();
      return "ok";
    } catch (SQLException e) {
      return e.getSQLState();
    }
  }

  private static void inTransaction(Connection connection, String sql) throws SQLException {
    connection.setAutoCommit(false);
    try {
      run(connection, sql);
      connection.commit();
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      statement.setInt(1, 1);
      statement.execute();
    }
  }
}
