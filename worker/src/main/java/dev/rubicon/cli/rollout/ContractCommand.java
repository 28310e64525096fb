package dev.rubicon.cli.rollout;

import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.root.ServerOption;
import dev.rubicon.cli.root.TargetOption;
import dev.rubicon.client.Launch;
import dev.rubicon.error.ErrorCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** {@code rubicon contract}. */
@Command(
    name = "contract",
    description = {
      "Days after a completed rollout: removes what legacy left behind, and every trace of"
          + " Rubicon.",
      "Runs the bundle of the target's last rollout, behind its own gate; there is no way back."
    })
public final class ContractCommand implements Callable<Integer> {
  @ParentCommand private RubiconCommand root;
  @Mixin private ServerOption server = new ServerOption();
  @Mixin private TargetOption target = new TargetOption();

  @Override
  public Integer call() {
    try (var addressed = server.addressed(root, target)) {
      Launch launch = addressed.api().contract(addressed.target());
      root.answer(launch, () -> LaunchCommand.text(launch));
      return ErrorCode.Exit.DONE;
    }
  }
}
