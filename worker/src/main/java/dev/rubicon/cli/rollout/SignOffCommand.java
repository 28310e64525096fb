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

/** {@code rubicon sign-off}. */
@Command(name = "sign-off", description = "Signs off a manual item of the runbook.")
public final class SignOffCommand implements Callable<Integer> {
  @ParentCommand private RubiconCommand root;
  @Mixin private ServerOption server = new ServerOption();
  @Mixin private TargetOption target = new TargetOption();
  @Mixin private ReasonOption reason = new ReasonOption();
  @Mixin private WaitOption patience = new WaitOption();

  @Option(
      names = "--item",
      required = true,
      paramLabel = "ID",
      description = "Id of the manual item, as rubicon status lists it.")
  private String item;

  @Override
  public Integer call() {
    return Decisions.send(
        root, server, target, patience, "sign-off", Map.of("item", item, "reason", reason.text()));
  }
}
