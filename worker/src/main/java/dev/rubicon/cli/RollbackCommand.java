package dev.rubicon.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** {@code rubicon rollback}. */
@Command(
    name = "rollback",
    description = "After the cutover: back to legacy, without losing a write made since.")
final class RollbackCommand implements Callable<Integer> {
  @ParentCommand private RubiconCommand root;
  @Mixin private TargetOption target = new TargetOption();
  @Mixin private ReasonOption reason = new ReasonOption();

  @Override
  public Integer call() {
    return Decisions.send(
        root,
        target,
        (rollouts, name, principal) -> rollouts.rollback(name, principal, reason.text()));
  }
}
