package dev.rubicon.cli.rollout;

import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.root.ServerOption;
import dev.rubicon.cli.root.TargetOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code rubicon rollback}. */
@Command(
    name = "rollback",
    description = "After the cutover: back to legacy, without losing a write made since.")
public final class RollbackCommand implements Callable<Integer> {
  @ParentCommand private RubiconCommand root;
  @Mixin private ServerOption server = new ServerOption();
  @Mixin private TargetOption target = new TargetOption();
  @Mixin private ReasonOption reason = new ReasonOption();
  @Mixin private WaitOption patience = new WaitOption();

  @Option(
      names = "--lose",
      paramLabel = "RELATION",
      description = {
        "schema.name of a relation that may lose rows written since somebody touched its triggers;",
        "once for each. Without it a rollback that would lose rows is refused."
      })
  private List<String> losing = List.of();

  @Override
  public Integer call() {
    return Decisions.send(
        root,
        server,
        target,
        patience,
        "rollback",
        Map.of("losing", losing, "reason", reason.text()));
  }
}
