package dev.rubicon.cli.status;

import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.root.TargetOption;
import dev.rubicon.cli.terminal.Paint;
import dev.rubicon.client.Rollouts;
import dev.rubicon.client.status.TargetStatus;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code rubicon status}. */
@Command(
    name = "status",
    description = {
      "Where the rollout of a target stands: phases, rates, what waits for whom.",
      "Exits 3 while it waits for a human, 4 when policy holds it."
    })
public final class StatusCommand implements Callable<Integer> {
  @ParentCommand private RubiconCommand root;
  @Mixin private TargetOption target = new TargetOption();

  @Option(
      names = {"-w", "--watch"},
      description = "Follow it to its end. Ctrl-C detaches; the rollout goes on.")
  private boolean watch;

  @Option(
      names = "--until-asked",
      description = "With --watch: end as soon as a human is asked for something.")
  private boolean untilAsked;

  @Override
  public Integer call() throws InterruptedException {
    var config = root.config();
    String name = root.target(config, target.named());
    try (var rollouts = Rollouts.open(config)) {
      if (watch) {
        return new StatusWatch(root, rollouts, name, untilAsked).run();
      }
      TargetStatus targetStatus = rollouts.targetStatus(name);
      root.answer(
          targetStatus, () -> StatusView.text(targetStatus, new Rates(), Paint.of(root.console())));
      return StatusView.exit(targetStatus.status());
    }
  }
}
