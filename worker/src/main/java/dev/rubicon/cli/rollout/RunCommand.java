package dev.rubicon.cli.rollout;

import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.root.ServerOption;
import dev.rubicon.cli.root.TargetOption;
import dev.rubicon.client.Rollouts;
import dev.rubicon.client.remote.Api;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.runbook.Runbook;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code rubicon run}. */
@Command(
    name = "run",
    description = {
      "A rollout from plan to end in one command: shows the plan, launches, follows it, and asks"
          + " where it waits for you.",
      "Ctrl-C detaches; the rollout goes on: rubicon status --watch. Needs a terminal, or --yes."
    })
public final class RunCommand implements Callable<Integer> {
  @ParentCommand private RubiconCommand root;
  @Mixin private ServerOption server = new ServerOption();
  @Mixin private TargetOption target = new TargetOption();
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "Folder with runbook.yaml.")
  private Path folder;

  @Option(
      names = "--yes",
      description =
          "Ask nothing here: launch, and approve each gate at which you may. Needs --reason.")
  private boolean yes;

  @Option(
      names = {"-r", "--reason"},
      paramLabel = "TEXT",
      description = "Why; it stands in the audit trail (default: asked for).")
  private String reason;

  @Override
  public Integer call() {
    requireSomebody();
    var bundle = RunbookReader.read(folder.toAbsolutePath().normalize());
    String on = root.target(root.config(), target.named());
    List<String> at = List.of("-c", root.configFile().toString());
    int planned = rubicon(at, "plan", "--target", on, "--runbook", folder.toString());
    if (planned != ErrorCode.Exit.DONE && planned != ErrorCode.Exit.DIFFERENCES) {
      return planned;
    }
    if (!confirmed("Launch this on " + on + "? [y/N] ")) {
      root.console().progress("nothing was launched");
      return ErrorCode.Exit.DONE;
    }
    try (var addressed = server.addressed(root, target)) {
      Api.Launched launched = addressed.api().launch(on, bundle, false);
      if (launched.done().isPresent()) {
        root.console().out().println(launched.done().get().text());
        return ErrorCode.Exit.DONE;
      }
      root.console().out().println("rollout: " + launched.launch().orElseThrow().rollout());
    }
    return follow(at, on);
  }

  private void requireSomebody() {
    boolean somebody = System.console() != null && System.console().isTerminal();
    if (yes ? reason == null || reason.isBlank() : !somebody) {
      throw new RubiconException(
          ErrorCode.USAGE,
          yes
              ? "--yes approves in your name, and an approval has a reason"
              : "nobody is there to be asked: this is no terminal",
          "rubicon run --yes --reason TEXT "
              + (target.named() == null ? "" : "--target " + target.named() + " ")
              + folder
              + "; or step by step: rubicon plan, launch, status, approve");
    }
    if (root.json()) {
      throw new RubiconException(
          ErrorCode.USAGE,
          "run is for people, and has no --output json",
          "use plan, launch, status and approve with --output json");
    }
  }

  /** Until it has ended, or waits for somebody else. */
  private int follow(List<String> at, String on) {
    while (true) {
      int stands = rubicon(at, "status", "--watch", "--until-asked", "--target", on);
      if (stands != ErrorCode.Exit.WAITING) {
        return stands;
      }
      RolloutStatus status = status(on);
      Optional<Runbook.Gate> gate = status.waitingFor();
      if (gate.isEmpty() || status.digest().isEmpty()) {
        return stands; // Something that people do, which status has named.
      }
      String word = gate.get().name().toLowerCase(Locale.ROOT);
      Optional<String> why = reason("Why do you approve gate " + word + "? (empty: you do not) ");
      if (why.isEmpty()) {
        return stands;
      }
      int approved =
          rubicon(
              at,
              "approve",
              "--target",
              on,
              "--gate",
              word,
              "--digest",
              status.digest().get(),
              "--reason",
              why.get());
      if (approved != ErrorCode.Exit.DONE) {
        return approved;
      }
    }
  }

  private RolloutStatus status(String on) {
    try (var rollouts = Rollouts.open(root.config())) {
      return rollouts.status(on);
    }
  }

  private boolean confirmed(String question) {
    return yes
        || Optional.ofNullable(System.console().readLine("%s", question))
            .filter(answer -> answer.strip().equalsIgnoreCase("y"))
            .isPresent();
  }

  private Optional<String> reason(String question) {
    if (yes || reason != null) {
      return Optional.of(reason);
    }
    return Optional.ofNullable(System.console().readLine("%s", question))
        .map(String::strip)
        .filter(answer -> !answer.isEmpty());
  }

  /** Another command, as one would type it. */
  private int rubicon(List<String> at, String... arguments) {
    return spec.root()
        .commandLine()
        .execute(Stream.concat(at.stream(), Stream.of(arguments)).toArray(String[]::new));
  }
}
