package dev.rubicon.demo;

import dev.rubicon.demo.checks.Database;
import dev.rubicon.demo.checks.Deployer;
import dev.rubicon.demo.checks.client.Proof;
import dev.rubicon.demo.checks.client.TrafficClients;
import dev.rubicon.up.EmbeddedStack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/** The service of runbook checks-canonical, its deployer, and clients of both versions. */
final class ChecksFixture implements Fixture {
  private static final String DATABASE = "heretix";
  private static final String ROLE = "heretix";

  private final Path source;
  private Database database;
  private ChildJvm deployer;
  private URI app;
  private TrafficClients clients;

  /**
   * @param source the runbook's folder
   */
  ChecksFixture(Path source) {
    this.source = source;
  }

  @Override
  public String runbook() {
    return "checks-canonical";
  }

  @Override
  public String database() {
    return DATABASE;
  }

  @Override
  public void create(EmbeddedStack stack) {
    stack.roles().role(ROLE, stack.secret(ROLE), "");
    // Rubicon's role may act as the owner of the tables; it is no superuser.
    stack.roles().grant(ROLE, stack.user());
    stack.roles().database(DATABASE, ROLE);
    database = new Database(stack.postgres().jdbcUrl(DATABASE), ROLE, stack.secret(ROLE));
  }

  @Override
  public void load(int rows) {
    try (Connection connection = database.connect("demo-load");
        Statement statement = connection.createStatement()) {
      statement.execute(file("legacy/schema.sql"));
      statement.execute("SELECT set_config('checks.rows', '" + rows + "', false)");
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

  @Override
  public Map<String, String> startApplication(EmbeddedStack stack) {
    int port = stack.port("deployer");
    int appPort = stack.port("app");
    deployer =
        ChildJvm.start(
            stack.path("deployer.log"),
            "ready deployer=",
            Map.of(
                "CHECKS_PASSWORD", stack.secret(ROLE),
                "CHECKS_STAGING_PASSWORD", stack.secret(stack.user())),
            Deployer.class,
            "--port",
            Integer.toString(port),
            "--app-port",
            Integer.toString(appPort),
            "--jdbc-url",
            stack.postgres().jdbcUrl(DATABASE),
            "--user",
            ROLE,
            "--staging-url",
            stack.postgres().jdbcUrl("postgres"),
            "--staging-user",
            stack.user(),
            "--end-with-stdin");
    app = URI.create("http://127.0.0.1:" + appPort);
    return Map.of(
        "app",
        app.toString(),
        "deployer",
        "http://127.0.0.1:" + port,
        "smoke_session",
        "smoke-session");
  }

  @Override
  public void startClients() {
    try {
      clients = TrafficClients.start(TrafficClients.Settings.usual(database, app));
    } catch (SQLException e) {
      throw new IllegalStateException("the clients cannot start", e);
    }
  }

  @Override
  public void startNewVersionClients() {
    clients.close();
    try {
      clients =
          TrafficClients.start(
              new TrafficClients.Settings(
                  database, Optional.of(app), 0, 100, 20, 0, Optional.empty()));
    } catch (SQLException e) {
      throw new IllegalStateException("the clients cannot start", e);
    }
  }

  @Override
  public Findings prove() {
    clients.stop();
    return findings(clients::prove);
  }

  @Override
  public Findings proveInBetween() {
    return findings(clients::proveInBetween);
  }

  private static Findings findings(Callable<Proof> search) {
    try {
      Proof proof = search.call();
      return new Findings(
          proof.acknowledged(),
          proof.lost(),
          proof.duplicated(),
          proof.failed(),
          proof.holds(),
          proof.problems());
    } catch (Exception e) {
      throw new IllegalStateException("what was acknowledged cannot be looked up", e);
    }
  }

  @Override
  public long acknowledged(Instant from, Instant to) {
    return clients.journal().acknowledged(from, to);
  }

  @Override
  public long maxStallMillis(Instant from, Instant to) {
    return clients.journal().maxStallMillis(from, to);
  }

  @Override
  public void close() {
    if (clients != null) {
      clients.close();
    }
    if (deployer != null) {
      deployer.close();
    }
  }
}
