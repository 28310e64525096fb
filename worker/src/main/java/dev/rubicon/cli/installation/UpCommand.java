package dev.rubicon.cli.installation;

import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.terminal.Console;
import dev.rubicon.config.ConfigReader;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.up.ConfigFile;
import dev.rubicon.up.EmbeddedParts;
import dev.rubicon.up.EmbeddedStack;
import dev.rubicon.up.TemporalChoice;
import dev.rubicon.worker.WorkerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code rubicon up}. */
@Command(
    name = "up",
    description = {
      "Runs PostgreSQL, S3, Temporal and a worker on loopback, in the foreground; no Docker.",
      "Writes a rubicon.yaml that works, unless there is one. Ctrl-C ends everything."
    })
public final class UpCommand implements Callable<Integer> {
  @ParentCommand private RubiconCommand root;

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      defaultValue = ".rubicon",
      description = "Data, secrets and ports (default: ${DEFAULT-VALUE}).")
  private Path stateDir;

  @Option(
      names = "--temporal",
      paramLabel = "KIND",
      defaultValue = "auto",
      converter = TemporalKind.class,
      completionCandidates = TemporalKind.class,
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private TemporalChoice temporal;

  @Option(
      names = "--workers",
      paramLabel = "N",
      defaultValue = "1",
      description = "0: none, you start rubicon worker yourself; 1: one in this process.")
  private int workers;

  @Override
  public Integer call() throws InterruptedException {
    EmbeddedParts.require();
    Console console = root.console();
    EmbeddedStack stack = EmbeddedStack.start(stateDir, temporal, true, console::progress);
    var ended = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(ended::countDown, "up-end"));
    Path file = root.configFile();
    if (Files.exists(file)) {
      console.progress("keeping " + file);
    } else {
      stack.roles().database("app", stack.user());
      new ConfigFile(stack).target("app", "app", Map.of()).write(file);
      console.progress("wrote " + file + ": target 'app' is an empty database in this cluster");
    }
    var config = ConfigReader.read(file, console.environment());
    var worker = workers > 0 ? WorkerProcess.start(config, true) : null;
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  if (worker != null) {
                    worker.close();
                  }
                  stack.close();
                },
                "up-close"));
    console.progress(
        """
        ready. next, in another terminal%s:
          rubicon doctor
          rubicon validate runbooks/checks-canonical
          rubicon launch --target T --runbook DIR
          rubicon status --watch\
        """
            .formatted(workers > 0 ? "" : " (first: rubicon worker)"));
    ended.await();
    return ErrorCode.Exit.DONE;
  }
}
