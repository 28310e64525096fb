package dev.rubicon.bench;

import dev.rubicon.config.RubiconConfig;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.postgres.Secret;
import dev.rubicon.postgres.Target;
import dev.rubicon.stack.EmbeddedS3;
import dev.rubicon.stack.LocalPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A server that keeps its promises (fsync, SCRAM), an object store, and databases by the copy. */
public final class World implements AutoCloseable {
  static final Map<String, String> SETTINGS =
      Map.of(
          "shared_buffers", "1GB",
          "max_wal_size", "8GB",
          "checkpoint_timeout", "30min",
          "maintenance_work_mem", "256MB");

  private final Path folder;
  private final LocalPostgres server;
  private final EmbeddedS3 store;
  private final Set<String> templates = new HashSet<>();
  private int copies;

  World(Path folder) {
    this.folder = folder;
    this.server =
        LocalPostgres.start(LocalPostgres.Options.in(folder).settings(SETTINGS).durable(true));
    this.store = EmbeddedS3.start(folder.resolve("s3"), 0, "bench", "bench", "bench-secret");
  }

  /** For what a way writes down. */
  public Path folder() {
    return folder;
  }

  /**
   * A database of one's own that nobody has looked at yet.
   *
   * @param name of what it is made of; the same name is the same statements
   */
  public Target copyOf(String name, String... statements) {
    template(name, statements);
    String copy = name + "_" + ++copies;
    execute(
        "postgres",
        "CREATE DATABASE " + copy + " TEMPLATE " + name + " STRATEGY file_copy",
        "CHECKPOINT");
    return target(copy);
  }

  /** That one itself, made where it is not there; who changes it changes it for all. */
  public void template(String name, String... statements) {
    if (templates.add(name)) {
      execute("postgres", "CREATE DATABASE " + name);
      execute(name, statements);
    }
  }

  public Target target(String database) {
    return new Target(
        "bench",
        server.jdbcUrl(database),
        server.superuser(),
        new Secret(server.password()),
        Map.of());
  }

  /** What a worker of this target, with staging on the same server, is told. */
  public RubiconConfig config(Target target) {
    return new RubiconConfig(
        Map.of(target.name(), target),
        target("postgres"),
        target("postgres"),
        new RubiconConfig.ObjectStore(
            Optional.of(store.endpoint()),
            "us-east-1",
            store.bucket(),
            "",
            Optional.of(store.accessKey()),
            Optional.of(new Secret(store.secretKey())),
            true,
            10_000),
        null,
        null,
        null,
        Duration.ofSeconds(30),
        Optional.empty());
  }

  public ObjectStore objectStore(Target target) {
    return ObjectStore.open(config(target).objectStore());
  }

  /** The environment in which PostgreSQL's and Amazon's programs find server and store. */
  public Map<String, String> environment(Target target) {
    return Map.of(
        "PGHOST", "127.0.0.1",
        "PGPORT", String.valueOf(server.port()),
        "PGUSER", server.superuser(),
        "PGPASSWORD", server.password(),
        "PGDATABASE", target.database(),
        "AWS_ACCESS_KEY_ID", store.accessKey(),
        "AWS_SECRET_ACCESS_KEY", store.secretKey(),
        "AWS_DEFAULT_REGION", "us-east-1",
        "AWS_ENDPOINT_URL", store.endpoint().toString(),
        "BUCKET", store.bucket());
  }

  public static Connection connect(Target target, String application) throws SQLException {
    return DriverManager.getConnection(
        target.url() + "?ApplicationName=" + application,
        target.user(),
        target.password().reveal());
  }

  /** Each in a transaction of its own. */
  public void execute(String database, String... statements) {
    try (Connection connection = connect(target(database), "bench");
        var statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The first value of the first row. */
  public String one(String database, String query) {
    try (Connection connection = connect(target(database), "bench");
        var statement = connection.createStatement();
        var result = statement.executeQuery(query)) {
      result.next();
      return result.getString(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Everything but the templates: a sample is over. */
  void clear() {
    var names = new ArrayList<String>();
    try (Connection connection = connect(target("postgres"), "bench");
        var statement = connection.createStatement();
        var result =
            statement.executeQuery("SELECT datname FROM pg_database WHERE NOT datistemplate")) {
      while (result.next()) {
        names.add(result.getString(1));
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    names.removeAll(templates);
    names.remove("postgres");
    for (String name : List.copyOf(names)) {
      execute("postgres", "DROP DATABASE \"" + name + "\" WITH (FORCE)");
    }
  }

  @Override
  public void close() {
    store.close();
    server.discard();
  }
}
