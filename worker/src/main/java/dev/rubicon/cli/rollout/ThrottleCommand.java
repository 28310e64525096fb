package dev.rubicon.cli.rollout;

import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.root.ServerOption;
import dev.rubicon.cli.root.TargetOption;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code rubicon throttle}. */
@Command(name = "throttle", description = "Limits the backfill.")
public final class ThrottleCommand implements Callable<Integer> {
  @ParentCommand private RubiconCommand root;
  @Mixin private ServerOption server = new ServerOption();
  @Mixin private TargetOption target = new TargetOption();
  @Mixin private ReasonOption reason = new ReasonOption();
  @Mixin private WaitOption patience = new WaitOption();

  @Option(
      names = "--rows-per-second",
      required = true,
      paramLabel = "N",
      description = "0 lifts the limit.")
  private long rowsPerSecond;

  @Override
  public Integer call() {
    return Decisions.send(
        root,
        server,
        target,
        patience,
        "throttle",
        Map.of("rowsPerSecond", rowsPerSecond, "reason", reason.text()));
  }
}
