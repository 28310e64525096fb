package dev.rubicon.demo;

import dev.rubicon.cli.installation.TemporalKind;
import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.terminal.Console;
import dev.rubicon.client.Json;
import dev.rubicon.client.Principal;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.up.TemporalChoice;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code rubicon demo}. */
@Command(
    name = "demo",
    description = {
      "A whole rollout for real, on this machine: a legacy database under live traffic, a worker",
      "killed on the way, a cutover, a rollback, a second cutover, and the proof that no write",
      "was lost. No Docker, no account; everything on loopback."
    })
final class DemoCommand implements Callable<Integer> {
  @ParentCommand private RubiconCommand root;

  @Option(
      names = "--rows",
      paramLabel = "N",
      description = "Rows of the main table (default: what is usual for the runbook).")
  private Integer rows;

  @Option(
      names = "--runbook",
      paramLabel = "NAME",
      defaultValue = "checks-canonical",
      description =
          "checks-canonical, owner-canonical, plant-schema or prisma-baseline (default:"
              + " ${DEFAULT-VALUE}).")
  private String runbook;

  @Option(names = "--interactive", description = "You approve, in another terminal.")
  private boolean interactive;

  @Option(names = "--keep", description = "No contract: both sides stay.")
  private boolean keep;

  @Option(
      names = "--temporal",
      paramLabel = "KIND",
      defaultValue = "auto",
      converter = TemporalKind.class,
      completionCandidates = TemporalKind.class,
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private TemporalChoice temporal;

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      defaultValue = ".rubicon/demo",
      description = "Data, logs and the report; emptied at the start (default: ${DEFAULT-VALUE}).")
  private Path stateDir;

  @Override
  public Integer call() {
    Console console = root.console();
    var demo =
        new Demo(
            new Demo.Options(
                rows == null ? OptionalInt.empty() : OptionalInt.of(rows),
                runbook,
                interactive,
                keep,
                temporal,
                stateDir),
            Principal.ofUser(console.environment()),
            console::progress);
    var closed = new AtomicBoolean();
    Runnable close =
        () -> {
          if (closed.compareAndSet(false, true)) {
            demo.close();
          }
        };
    // Ctrl-C: what was started ends with this process.
    Runtime.getRuntime().addShutdownHook(new Thread(close, "demo-close"));
    try {
      DemoResult result = demo.run();
      close.run();
      console.out().println(root.json() ? Json.line(result) : text(result));
      return result.passed() ? ErrorCode.Exit.DONE : ErrorCode.Exit.ERROR;
    } finally {
      close.run();
    }
  }

  private static String text(DemoResult r) {
    return """
    %s: %s, %,d rows, %.0f s
      writes acknowledged  %,d
      lost                 %d
      duplicated           %d
      longest stall        %s (seen by clients)
      history              %d events
      worker               killed %d time, resumed: %s
      report               %s\
    """
        .formatted(
            r.runbook(),
            r.outcome(),
            r.rows(),
            r.seconds(),
            r.writes().acknowledged(),
            r.writes().lost(),
            r.writes().duplicated(),
            r.rollback() == null
                ? r.cutover().maxStallMs() + " ms"
                : "%d ms at the cutovers, %d ms at the rollback"
                    .formatted(r.cutover().maxStallMs(), r.rollback().maxStallMs()),
            r.history().events(),
            r.worker().kills(),
            r.worker().resumed(),
            r.report());
  }
}
