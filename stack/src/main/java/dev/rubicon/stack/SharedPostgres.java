package dev.rubicon.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/** One server for all tests of a JVM; each test takes databases of its own. */
public final class SharedPostgres {
  private static final AtomicInteger SEQUENCE = new AtomicInteger();

  private SharedPostgres() {}

  private static final class Holder {
    static final PostgresServer SERVER = start();

    private static PostgresServer start() {
      try {
        var server =
            Stack.postgres(Stack.Kind.chosen(), Files.createTempDirectory("rubicon-test-pg"));
        Runtime.getRuntime()
            .addShutdownHook(
                new Thread(
                    () -> {
                      if (server instanceof LocalPostgres local) {
                        local.crash();
                        removeBehindUs(local.data());
                      } else {
                        server.close();
                      }
                    }));
        return server;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * A whole suite leaves thousands of databases, which take longer to remove than Surefire waits
   * for a JVM's end.
   */
  private static void removeBehindUs(Path data) {
    try {
      new ProcessBuilder("rm", "-rf", data.toString())
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static PostgresServer server() {
    return Holder.SERVER;
  }

  /** Creates an empty database and returns its name. */
  public static String freshDatabase(String prefix) {
    String name = freshName(prefix);
    execute("CREATE DATABASE \"" + name + "\"");
    return name;
  }

  /** A name that no database has yet. */
  public static String freshName(String prefix) {
    return prefix + "_" + SEQUENCE.incrementAndGet();
  }

  /** Creates a database of that name; nobody may be connected to the one that it is copied from. */
  public static void create(String name, String template) {
    execute("CREATE DATABASE \"" + name + "\" TEMPLATE \"" + template + "\"");
  }

  private static void execute(String sql) {
    try (var connection =
            DriverManager.getConnection(
                server().jdbcUrl("postgres"), server().superuser(), server().password());
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
