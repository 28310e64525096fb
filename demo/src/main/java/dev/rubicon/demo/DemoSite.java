package dev.rubicon.demo;

import dev.rubicon.cli.Main;
import dev.rubicon.client.Principal;
import dev.rubicon.client.Rollouts;
import dev.rubicon.config.ConfigReader;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.up.ConfigFile;
import dev.rubicon.up.EmbeddedStack;
import dev.rubicon.up.TemporalChoice;
import dev.rubicon.workflow.RolloutWorkflow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** The demo's world: stack, legacy database, application, configuration, and worker processes. */
final class DemoSite implements AutoCloseable {
  static final String TARGET = "prod";
  private static final String APPROVER = "demo-approver";
  private static final String TOKEN = "approver-token";
  private static final String MARKER = "rubicon-demo";

  private final Path folder;
  private final Fixture fixture;
  private final Narrator narrator;
  private EmbeddedStack stack;
  private RubiconConfig config;
  private Rollouts rollouts;
  private ChildJvm worker;
  private int workers;

  DemoSite(Path folder, Fixture fixture, Narrator narrator) {
    this.folder = folder.toAbsolutePath().normalize();
    this.fixture = fixture;
    this.narrator = narrator;
  }

  void open(TemporalChoice temporal, int rows) {
    empty();
    stack = EmbeddedStack.start(folder, temporal, false, narrator::tell);
    fixture.create(stack);
    narrator.tell(fixture.hasLegacy() ? "legacy database: " + rows + " rows" : "an empty database");
    // The processes start while the rows come.
    var loading = CompletableFuture.runAsync(() -> fixture.load(rows));
    Map<String, String> variables = fixture.startApplication(stack);
    if (variables.containsKey("app")) {
      narrator.tell("application: " + variables.get("app"));
    }
    stack.secret(TOKEN);
    fixture
        .limits(new ConfigFile(stack).target(TARGET, fixture.database(), variables), TARGET)
        .commands()
        .token(APPROVER, TOKEN)
        .heartbeatTimeout("5s")
        .httpPort(stack.port("http"))
        .write(configFile());
    config = ConfigReader.read(configFile(), System.getenv());
    startWorker();
    rollouts = Rollouts.open(config);
    loading.join();
  }

  /** A demo starts afresh: what an earlier one left is removed, anything else is not touched. */
  private void empty() {
    try {
      if (Files.isDirectory(folder)) {
        boolean ours = Files.exists(folder.resolve(MARKER));
        if (!ours && !isEmpty(folder)) {
          throw new RubiconException(
              ErrorCode.USAGE,
              folder + " is not empty, and no demo made it",
              "name another folder: --state-dir DIR");
        }
        delete(folder);
      }
      Files.createDirectories(folder);
      Files.createFile(folder.resolve(MARKER));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.delete(file);
      }
    }
  }

  /** A worker in a process of its own. */
  void startWorker() {
    worker =
        ChildJvm.start(
            folder.resolve("worker-" + ++workers + ".log"),
            "worker is ready",
            Map.of(),
            Main.class,
            "--config",
            configFile().toString(),
            "worker",
            "--end-with-stdin");
    narrator.tell("worker: process " + worker.pid());
  }

  /** SIGKILL. */
  void killWorker(String phase) {
    narrator.tell("kill -9 " + worker.pid() + ": the worker, in the middle of the " + phase);
    worker.kill();
  }

  boolean workerAlive() {
    return worker.alive();
  }

  Path configFile() {
    return folder.resolve("rubicon.yaml");
  }

  Path path(String name) {
    return folder.resolve(name);
  }

  RubiconConfig config() {
    return config;
  }

  Rollouts rollouts() {
    return rollouts;
  }

  /** The second person, known by a token. */
  Principal approver() {
    return Principal.ofToken(config, stack.secret(TOKEN)).orElseThrow();
  }

  /** How a command begins that a person types in another terminal, as that second person. */
  String byHand() {
    return "RUBICON_TOKEN=$(cat "
        + word(stack.secretFile(TOKEN))
        + ") "
        + word(Path.of(System.getProperty("rubicon.home", "."), "bin", "rubicon"))
        + " -c "
        + word(configFile());
  }

  /** One word for a shell. */
  private static String word(Path path) {
    String text = path.toAbsolutePath().normalize().toString();
    return text.matches("[A-Za-z0-9_./-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  /** To find out why a demo failed: Temporal in-process keeps nothing. */
  void keepHistory() {
    if (rollouts == null) {
      return;
    }
    try {
      var history = rollouts.temporal().client().fetchHistory(RolloutWorkflow.workflowId(TARGET));
      Files.writeString(path("history.json"), history.toJson(true));
    } catch (RuntimeException | IOException e) {
      narrator.tell("Temporal's history cannot be kept: " + e.getClass().getSimpleName());
    }
  }

  @Override
  public void close() {
    if (rollouts != null) {
      rollouts.close();
    }
    if (worker != null) {
      worker.close();
    }
    fixture.close();
    if (stack != null) {
      stack.close();
    }
  }
}
