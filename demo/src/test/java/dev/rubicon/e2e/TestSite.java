package dev.rubicon.e2e;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.BundleStore;
import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.cli.Answer;
import dev.rubicon.client.AuditCheck;
import dev.rubicon.client.Launch;
import dev.rubicon.client.Principal;
import dev.rubicon.client.Rollouts;
import dev.rubicon.config.ConfigReader;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.demo.app.Database;
import dev.rubicon.demo.app.Deployer;
import dev.rubicon.demo.app.Service;
import dev.rubicon.demo.checks.ChecksApplication;
import dev.rubicon.demo.owner.OwnerDeployer;
import dev.rubicon.ledger.audit.AuditVerifier;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.LocalPostgres;
import dev.rubicon.stack.PostgresServer;
import dev.rubicon.up.ConfigFile;
import dev.rubicon.up.EmbeddedStack;
import dev.rubicon.up.TemporalChoice;
import dev.rubicon.workflow.RolloutWorkflow;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A whole site: PostgreSQL, S3 and Temporal of our own, the legacy database, the application behind
 * its deployer, and the client that the CLI uses. Workers are the test's to start and to kill.
 */
public final class TestSite implements AutoCloseable {
  public static final String TARGET = "prod";
  public static final Principal ALICE = new Principal("alice");
  public static final Principal BOB = new Principal("bob");
  private static final Path RUNBOOKS = Path.of("..", "runbooks").toAbsolutePath().normalize();

  public final Path folder;
  public final EmbeddedStack stack;
  public final RubiconConfig config;
  public final Path configFile;
  public final Rollouts rollouts;
  final Deployer deployer;
  public final Database database;

  private TestSite(
      Path folder,
      EmbeddedStack stack,
      Path configFile,
      RubiconConfig config,
      Deployer deployer,
      Database database) {
    this.folder = folder;
    this.stack = stack;
    this.configFile = configFile;
    this.config = config;
    this.rollouts = Rollouts.open(config);
    this.deployer = deployer;
    this.database = database;
  }

  public static TestSite start(int rows, TemporalChoice temporal) {
    return start(rows, temporal, (stack, text) -> text);
  }

  /** The site of another runbook, whose fixture it has. */
  static TestSite start(Subject subject, int rows, TemporalChoice temporal) {
    return start(subject, rows, temporal, EmbeddedStack::postgres, (stack, text) -> text);
  }

  /**
   * A runbook with its legacy database and its application.
   *
   * @param database its name, and that of the role that owns it
   * @param setting that the legacy rows' number is read from
   */
  record Subject(String runbook, String database, String setting, Service.Factory services) {
    static final Subject CHECKS =
        new Subject("checks-canonical", "heretix", "checks.rows", ChecksApplication.services(true));
    static final Subject OWNER =
        new Subject("owner-canonical", "projects", "owner.rows", OwnerDeployer.services());

    /** An empty database; nobody deploys anything there. */
    static final Subject PLANT =
        new Subject("plant-schema", "plants", "plant.rows", ChecksApplication.services(true));

    /** A database that grew by hand; nobody deploys anything there. */
    static final Subject CHAT =
        new Subject("prisma-baseline", "chat", "chat.rows", ChecksApplication.services(true));

    /** A greenhouse's database; nobody deploys anything there. */
    static final Subject GROW =
        new Subject("grow-cycle", "grow", "grow.rows", ChecksApplication.services(true));
  }

  /**
   * @param config what becomes of the text of rubicon.yaml
   */
  static TestSite start(
      int rows, TemporalChoice temporal, BiFunction<EmbeddedStack, String, String> config) {
    return start(rows, temporal, EmbeddedStack::postgres, config);
  }

  /**
   * @param staging the server of the clones, where the stack's role may create databases
   */
  static TestSite start(
      int rows,
      TemporalChoice temporal,
      Function<EmbeddedStack, PostgresServer> staging,
      BiFunction<EmbeddedStack, String, String> config) {
    return start(Subject.CHECKS, rows, temporal, staging, config);
  }

  static TestSite start(
      Subject subject,
      int rows,
      TemporalChoice temporal,
      Function<EmbeddedStack, PostgresServer> staging,
      BiFunction<EmbeddedStack, String, String> config) {
    try {
      String name = subject.database();
      Path folder = Files.createTempDirectory("rubicon-site");
      var stack = SiteStack.start(folder.resolve("state"), temporal);
      stack.roles().role(name, stack.secret(name), "");
      stack.roles().grant(name, stack.user());
      stack.roles().database(name, name);
      var database = new Database(stack.postgres().jdbcUrl(name), name, stack.secret(name));
      load(subject, database, rows);
      String clones = staging.apply(stack).jdbcUrl("postgres");
      var deployer =
          new Deployer(
              0,
              0,
              database,
              new Database(clones, stack.user(), stack.secret(stack.user())),
              subject.services());
      Path file = folder.resolve("rubicon.yaml");
      new ConfigFile(stack)
          .commands()
          .runbooksDecide()
          .target(
              TARGET,
              name,
              Map.of(
                  "app", deployer.appUrl(),
                  "deployer", deployer.url(),
                  "smoke_session", "smoke-session"))
          .heartbeatTimeout("5s")
          .httpPort(stack.port("http"))
          .write(file);
      String text = Files.readString(file).replace(stack.postgres().jdbcUrl("postgres"), clones);
      Files.writeString(file, config.apply(stack, text));
      return new TestSite(
          folder, stack, file, ConfigReader.read(file, Map.of()), deployer, database);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void load(Subject subject, Database database, int rows) throws IOException {
    Path legacy = RUNBOOKS.resolve(subject.runbook()).resolve("legacy");
    try (Connection connection = database.connect("load");
        var statement = connection.createStatement()) {
      statement.execute(Files.readString(legacy.resolve("schema.sql")));
      statement.execute("SELECT set_config('" + subject.setting() + "', '" + rows + "', false)");
      statement.execute(Files.readString(legacy.resolve("data.sql")));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The runbook of that name, with times that a test can wait for. */
  public Path runbook(String name, Map<String, String> replacements) {
    try {
      Path copy = Files.createTempDirectory(folder, name);
      Path source = RUNBOOKS.resolve(name);
      try (var files = Files.walk(source)) {
        for (Path file : files.toList()) {
          Path to = copy.resolve(source.relativize(file).toString());
          if (Files.isDirectory(file)) {
            Files.createDirectories(to);
          } else {
            Files.copy(file, to);
          }
        }
      }
      Path yaml = copy.resolve("runbook.yaml");
      String text = Files.readString(yaml);
      for (var replacement : replacements.entrySet()) {
        if (!text.contains(replacement.getKey())) {
          throw new IllegalArgumentException("the runbook has no " + replacement.getKey());
        }
        text = text.replace(replacement.getKey(), replacement.getValue());
      }
      Files.writeString(yaml, text);
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The usual one: it watches for the given time and contract may follow at once. */
  public Path checksCanonical(String watch) {
    return quick("checks-canonical", watch);
  }

  /** A runbook that watches for the given time, and whose contract may follow at once. */
  Path quick(String runbook, String watch) {
    return runbook(
        runbook,
        Map.of(
            "duration: 24h", "duration: " + watch,
            "every: 30s", "every: 1s",
            "quiet-period: 7d", "quiet-period: 1s"));
  }

  /**
   * The same without backup, clone, rehearsal and smoke checks, and with a long watch: what is left
   * takes seconds.
   */
  Path brief() {
    Path runbook = runbook("checks-canonical", Map.of("quiet-period: 7d", "quiet-period: 1s"));
    Path yaml = runbook.resolve("runbook.yaml");
    try {
      String kept =
          Pattern.compile("(?m)^(?=[a-z])")
              .splitAsStream(Files.readString(yaml))
              .filter(part -> !part.matches("(?s)(backup|clone|rehearse|smoke|watch):.*"))
              .collect(Collectors.joining());
      Files.writeString(
          yaml,
          kept
              + """

              backup: {external: "none is needed here"}
              clone: {none: "none is needed here"}
              watch: {duration: 1h, every: 1s}
              """);
      return runbook;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Launch launch(Path runbook) {
    Bundle bundle = RunbookReader.read(runbook);
    try (ObjectStore store = ObjectStore.open(config.objectStore())) {
      new BundleStore(store).put(bundle);
    }
    return rollouts.launch(bundle, TARGET, ALICE);
  }

  RolloutStatus await(String what, Duration patience, Predicate<RolloutStatus> condition) {
    Instant deadline = Instant.now().plus(patience);
    var watched = new WatchedStatus(rollouts, TARGET);
    RolloutStatus status = watched.now();
    while (!condition.test(status)) {
      if (status.held().isPresent() || status.state() == RolloutStatus.State.FAILED) {
        throw new AssertionError(
            "waited for "
                + what
                + ", but "
                + rollouts.ledger().latestFor(TARGET).map(r -> r.outcome() + r.note()).orElse("")
                + ": "
                + status);
      }
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("waited in vain for " + what + ": " + status);
      }
      pauseBetweenQueries();
      status = watched.now();
    }
    return status;
  }

  /** A connection as the cluster's superuser. */
  Connection superuser(String name) {
    var server = stack.postgres();
    try {
      return DriverManager.getConnection(
          server.jdbcUrl(name), server.superuser(), server.password());
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The first column of the first row; empty text for NULL. */
  String ask(String name, String sql) {
    try (Connection connection = superuser(name);
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return Optional.ofNullable(rows.getString(1)).orElse("");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What the catalog of the target's public schema looks like now. */
  String fingerprint() {
    var tag = new SessionTag("test", Phase.PREFLIGHT);
    try (PgSession session =
        PgSession.open(config.target(TARGET), tag, dev.rubicon.postgres.SessionLimits.SHORT)) {
      return CatalogReader.read(session, List.of("public")).fingerprint();
    }
  }

  /** That a session of Rubicon's has on the target which knows no limit of its own. */
  String statementTimeout() {
    var tag = new SessionTag("test", Phase.PREFLIGHT);
    try (PgSession session =
        PgSession.open(config.target(TARGET), tag, dev.rubicon.postgres.SessionLimits.SCAN)) {
      return session.value("SELECT current_setting('statement_timeout')");
    }
  }

  /**
   * That the target is what a finished rollout of the runbook leaves, as {@code plan} and {@code
   * drift} see it.
   */
  void planShowsNoDifference(Path runbook) {
    Answer plan = Answer.of(configFile, "plan", "--runbook", runbook.toString());
    if (plan.exit() != 0 || !plan.out().contains("no difference")) {
      throw new AssertionError(plan.exit() + "\n" + plan.out() + plan.err());
    }
    Answer drift = Answer.of(configFile, "drift", "--runbook", runbook.toString());
    if (drift.exit() != 0 || !drift.out().contains("no drift")) {
      throw new AssertionError(drift.exit() + "\n" + drift.out() + drift.err());
    }
  }

  /** What {@code rubicon audit --verify} says. */
  AuditVerifier.Result verification() {
    return verification(config, rollouts);
  }

  static AuditVerifier.Result verification(RubiconConfig config, Rollouts rollouts) {
    try (var store = ObjectStore.open(config.objectStore())) {
      return new AuditCheck(rollouts.ledger(), store, Optional.of(rollouts.temporal()), config)
          .run();
    }
  }

  /** Between two questions that Temporal's server answers, or a worker. */
  static void pauseBetweenQueries() {
    pause(200);
  }

  static void pause() {
    pause(50);
  }

  private static void pause(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  public RolloutStatus awaitGate(Runbook.Gate gate) {
    return await(
        "gate " + gate, Duration.ofMinutes(10), s -> s.waitingFor().equals(Optional.of(gate)));
  }

  /** Everything signed off while the rollout stands at the gate: the same history every time. */
  RolloutStatus signOffsAndGate(Runbook.Gate gate) {
    RolloutStatus status =
        await(
            "gate or sign-offs",
            Duration.ofMinutes(10),
            s -> !s.signOffs().isEmpty() || s.waitingFor().isPresent());
    if (status.waitingFor().isEmpty()) {
      signOffAll();
    }
    status = awaitGate(gate);
    if (rollouts.ledger().decisions().signOffs(status.rollout()).isEmpty()) {
      signOffAll();
    }
    return status;
  }

  /** Waits for an end, also one that other tests take for a failure. */
  public void awaitOutcome(RolloutStatus.State state, Duration patience) {
    Instant deadline = Instant.now().plus(patience);
    String word = state.word();
    while (!rollouts.ledger().latestFor(TARGET).orElseThrow().state().equals(word) || open()) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("waited in vain for " + word + ": " + rollouts.status(TARGET));
      }
      pauseBetweenQueries();
    }
  }

  /** The ledger has a rollout's end a moment before Temporal has its workflow's. */
  private boolean open() {
    return rollouts
            .temporal()
            .client()
            .newUntypedWorkflowStub(RolloutWorkflow.workflowId(TARGET))
            .describe()
            .getStatus()
        == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
  }

  void approve(Runbook.Gate gate) {
    String digest = awaitGate(gate).digest().orElseThrow();
    rollouts.approve(TARGET, gate, digest, BOB, "looked at it");
  }

  public void signOff(List<String> items) {
    items.forEach(item -> rollouts.signOff(TARGET, item, BOB, "done"));
  }

  /** Everything that blocks phases before contract. */
  void signOffAll() {
    signOff(List.of("mapping-decided", "pqs-backfill-ticket", "stakeholders-informed"));
  }

  @Override
  public void close() {
    rollouts.close();
    deployer.close();
    stack.close();
    if (stack.postgres() instanceof LocalPostgres local) {
      local.discard();
    }
  }
}
