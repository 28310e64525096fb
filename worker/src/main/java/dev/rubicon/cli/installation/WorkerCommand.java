package dev.rubicon.cli.installation;

import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.terminal.EndWithStdin;
import dev.rubicon.config.OwnEnvironment;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.worker.WorkerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code rubicon worker}. */
@Command(
    name = "worker",
    description = "Does the work: polls Temporal's task queues, serves the HTTP API.")
public final class WorkerCommand implements Callable<Integer> {
  /** Whether the API is served. */
  enum Http {
    ON,
    OFF
  }

  @ParentCommand private RubiconCommand root;

  @Option(
      names = "--http",
      paramLabel = "on|off",
      defaultValue = "on",
      description = "Serve the HTTP API (default: ${DEFAULT-VALUE}).")
  private Http http;

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      description = "Instead of http.port in rubicon.yaml; 0 takes a free one.")
  private Integer port;

  @Option(
      names = "--end-with-stdin",
      hidden = true,
      description = "Ends when stdin does: the process that started this one is gone.")
  private boolean endWithStdin;

  @Override
  public Integer call() throws InterruptedException {
    RubiconConfig config = root.config();
    try {
      // What a runbook's program, as the same user, could read of this process.
      OwnEnvironment.forget(OwnEnvironment.secrets(Files.readString(root.configFile())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    WorkerProcess worker =
        WorkerProcess.start(port == null ? config : onPort(config), http == Http.ON);
    Runtime.getRuntime().addShutdownHook(new Thread(worker::close, "stop"));
    if (endWithStdin) {
      EndWithStdin.watch();
    }
    root.console()
        .progress("worker is ready" + worker.url().map(u -> "; HTTP API at " + u).orElse(""));
    worker.await();
    return ErrorCode.Exit.DONE;
  }

  private RubiconConfig onPort(RubiconConfig c) {
    return new RubiconConfig(
        c.targets(),
        c.staging(),
        c.ledger(),
        c.objectStore(),
        c.temporal(),
        c.http().onPort(port),
        c.notifications(),
        c.heartbeatTimeout(),
        c.pgBin(),
        c.snapshotLimit(),
        c.worker(),
        c.commands(),
        c.signing(),
        c.ceremony());
  }
}
