package dev.rubicon.cli.rollout;

import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.root.ServerOption;
import dev.rubicon.cli.root.TargetOption;
import dev.rubicon.client.Launch;
import dev.rubicon.client.remote.Api;
import dev.rubicon.error.ErrorCode;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code rubicon launch}. */
@Command(
    name = "launch",
    description =
        "Starts a rollout: stores the runbook by its digest, then runs it on the workers.")
public final class LaunchCommand implements Callable<Integer> {
  @ParentCommand private RubiconCommand root;
  @Mixin private ServerOption server = new ServerOption();
  @Mixin private TargetOption target = new TargetOption();

  @Option(
      names = "--runbook",
      required = true,
      paramLabel = "DIR",
      description = "Folder with runbook.yaml.")
  private Path folder;

  @Option(
      names = "--anyway",
      description =
          "Start it even where this runbook has been rolled out and nothing differs since: to roll"
              + " that back.")
  private boolean anyway;

  @Override
  public Integer call() {
    try (var addressed = server.addressed(root, target)) {
      var bundle = RunbookReader.read(folder.toAbsolutePath().normalize());
      Api.Launched launched = addressed.api().launch(addressed.target(), bundle, anyway);
      launched.done().ifPresent(done -> root.answer(done, done::text));
      launched.launch().ifPresent(launch -> root.answer(launch, () -> text(launch)));
      return ErrorCode.Exit.DONE;
    }
  }

  static String text(Launch launch) {
    return "rollout: "
        + launch.rollout()
        + "\nbundle: "
        + launch.bundle()
        + launch.ui().map(url -> "\nui: " + url).orElse("")
        + "\nnext: rubicon status --watch --target "
        + launch.target();
  }
}
