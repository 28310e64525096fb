package dev.rubicon.cli.rollout;

import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.root.TargetOption;
import dev.rubicon.cli.status.StatusView;
import dev.rubicon.cli.terminal.Paint;
import dev.rubicon.client.Principal;
import dev.rubicon.client.Rollouts;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.message.RolloutStatus;

/** Sends what a human decided, and shows where the rollout then stands. */
final class Decisions {
  private Decisions() {}

  @FunctionalInterface
  interface Verb {
    RolloutStatus apply(Rollouts rollouts, String target, Principal principal);
  }

  static int send(RubiconCommand root, TargetOption target, WaitOption patience, Verb verb) {
    var config = root.config();
    String name = root.target(config, target.named());
    Principal principal = root.principal(config);
    try (var rollouts = Rollouts.open(config)) {
      RolloutStatus status = verb.apply(rollouts.waiting(patience.atMost()), name, principal);
      root.console().progress("recorded as " + principal.name());
      root.answer(status, () -> StatusView.text(status, Paint.of(root.console())));
      return ErrorCode.Exit.DONE;
    }
  }
}
