package dev.rubicon.e2e;

import dev.rubicon.client.Principal;
import dev.rubicon.client.Rollouts;
import dev.rubicon.config.ConfigReader;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.ledger.audit.AuditVerifier;
import dev.rubicon.stack.LocalPostgres;
import dev.rubicon.stack.PostgresServer;
import dev.rubicon.up.ConfigFile;
import dev.rubicon.up.EmbeddedStack;
import dev.rubicon.up.TemporalChoice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;

/**
 * One stack for many small rollouts without an application: each has a target and a database of its
 * own ({@link Case}). Workers are the test's to start and to end.
 */
final class CaseSite implements AutoCloseable {
  static final Principal ALICE = new Principal("alice");
  static final Principal BOB = new Principal("bob");
  static final String OWNER = "case_owner";

  final Path folder;
  final EmbeddedStack stack;
  final Path configFile;
  final RubiconConfig config;
  final Rollouts rollouts;
  private final Map<String, PostgresServer> elsewhere = new ConcurrentHashMap<>();

  private CaseSite(Path folder, EmbeddedStack stack, Path configFile) {
    this.folder = folder;
    this.stack = stack;
    this.configFile = configFile;
    this.config = ConfigReader.read(configFile, Map.of());
    this.rollouts = Rollouts.open(config);
  }

  /**
   * @param targets names that are names of databases, too
   * @param config what becomes of the text of rubicon.yaml
   */
  static CaseSite start(List<String> targets, BiFunction<EmbeddedStack, String, String> config) {
    try {
      Path folder = Files.createTempDirectory("rubicon-cases");
      var stack = SiteStack.start(folder.resolve("state"), TemporalChoice.IN_PROCESS);
      stack.roles().role(OWNER, stack.secret(OWNER), "");
      stack.roles().grant(OWNER, stack.user());
      var text =
          new ConfigFile(stack)
              .commands()
              .runbooksDecide()
              .heartbeatTimeout("5s")
              .httpPort(stack.port("http"));
      for (String target : targets) {
        stack.roles().database(target, OWNER);
        text.target(target, target, Map.of());
      }
      Path file = folder.resolve("rubicon.yaml");
      text.write(file);
      Files.writeString(file, config.apply(stack, Files.readString(file)));
      return new CaseSite(folder, stack, file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The case of that folder of {@code cases/workflow} on a target.
   *
   * @param changes of its runbook, from what to what
   */
  Case open(String target, String name, Map<String, String> changes) {
    return Case.open(this, target, name, changes);
  }

  /** From now on that database is looked at on another server than the stack's. */
  void lies(String database, PostgresServer server) {
    elsewhere.put(database, server);
  }

  /** A connection as the cluster's superuser. */
  Connection superuser(String database) {
    PostgresServer server = elsewhere.getOrDefault(database, stack.postgres());
    try {
      return DriverManager.getConnection(
          server.jdbcUrl(database), server.superuser(), server.password());
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The first column of the first row; empty text for NULL. */
  String ask(String database, String sql) {
    try (Connection connection = superuser(database);
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return Optional.ofNullable(rows.getString(1)).orElse("");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What {@code rubicon audit --verify} says. */
  AuditVerifier.Result verification() {
    return TestSite.verification(config, rollouts);
  }

  @Override
  public void close() {
    rollouts.close();
    stack.close();
    if (stack.postgres() instanceof LocalPostgres local) {
      local.discard();
    }
  }
}
