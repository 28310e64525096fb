package dev.rubicon.demo;

import dev.rubicon.demo.app.Database;
import dev.rubicon.up.EmbeddedStack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/** A legacy database as its runbook's folder has it, and the process that deploys builds on it. */
final class FixtureSite implements AutoCloseable {
  private final Path source;
  private final String name;
  private Database database;
  private ChildJvm deployer;
  private URI app;

  /**
   * @param source the runbook's folder
   * @param name of the database and of the role that owns it
   */
  FixtureSite(Path source, String name) {
    this.source = source;
    this.name = name;
  }

  void create(EmbeddedStack stack) {
    stack.roles().role(name, stack.secret(name), "");
    // Rubicon's role may act as the owner of the tables; it is no superuser.
    stack.roles().grant(name, stack.user());
    stack.roles().database(name, name);
    database = new Database(stack.postgres().jdbcUrl(name), name, stack.secret(name));
  }

  /**
   * @param setting that the folder's data.sql reads the figure from
   */
  void load(String setting, int rows) {
    try (Connection connection = database.connect("demo-load");
        Statement statement = connection.createStatement()) {
      statement.execute(file("legacy/schema.sql"));
      statement.execute("SELECT set_config('" + setting + "', '" + rows + "', false)");
      statement.execute(file("legacy/data.sql"));
    } catch (SQLException e) {
      throw new IllegalStateException("the legacy database cannot be loaded", e);
    }
  }

  private String file(String path) {
    try {
      return Files.readString(source.resolve(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @param program deploys the service, with the options of {@link dev.rubicon.demo.app.Deployer}
   * @return where both are reached: variables of the target
   */
  Map<String, String> start(EmbeddedStack stack, Class<?> program) {
    int port = stack.port("deployer");
    int appPort = stack.port("app");
    deployer =
        ChildJvm.start(
            stack.path("deployer.log"),
            "ready deployer=",
            Map.of(
                "APP_PASSWORD", stack.secret(name),
                "APP_STAGING_PASSWORD", stack.secret(stack.user())),
            program,
            "--port",
            Integer.toString(port),
            "--app-port",
            Integer.toString(appPort),
            "--jdbc-url",
            stack.postgres().jdbcUrl(name),
            "--user",
            name,
            "--staging-url",
            stack.postgres().jdbcUrl("postgres"),
            "--staging-user",
            stack.user(),
            "--end-with-stdin");
    app = URI.create("http://127.0.0.1:" + appPort);
    return Map.of("app", app.toString(), "deployer", "http://127.0.0.1:" + port);
  }

  Database database() {
    return database;
  }

  URI app() {
    return app;
  }

  @Override
  public void close() {
    if (deployer != null) {
      deployer.close();
    }
  }
}
