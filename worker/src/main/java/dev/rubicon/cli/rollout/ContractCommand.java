package dev.rubicon.cli.rollout;

import dev.rubicon.bundle.BundleStore;
import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.root.TargetOption;
import dev.rubicon.client.Launch;
import dev.rubicon.client.Rollouts;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.objectstore.ObjectStore;
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
  @Mixin private TargetOption target = new TargetOption();

  @Override
  public Integer call() {
    var config = root.config();
    String name = root.target(config, target.named());
    var principal = root.principal(config);
    try (var rollouts = Rollouts.open(config);
        var store = ObjectStore.open(config.objectStore())) {
      Launch launch = rollouts.contract(new BundleStore(store), name, principal);
      root.answer(launch, () -> LaunchCommand.text(launch));
      return ErrorCode.Exit.DONE;
    }
  }
}
