package dev.rubicon.cli.rollout;

import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.root.ServerOption;
import dev.rubicon.cli.root.TargetOption;
import dev.rubicon.cli.status.StatusView;
import dev.rubicon.cli.terminal.Paint;
import dev.rubicon.client.remote.Api;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.message.RolloutStatus;
import java.util.Map;

/** Sends what a human decided to a worker, and shows where the rollout then stands. */
final class Decisions {
  private Decisions() {}

  /** What is done before it is sent. */
  @FunctionalInterface
  interface Before {
    void look(Api api, String target);
  }

  static int send(
      RubiconCommand root,
      ServerOption server,
      TargetOption target,
      WaitOption patience,
      String verb,
      Map<String, Object> body) {
    return send(root, server, target, patience, verb, body, (api, on) -> {});
  }

  static int send(
      RubiconCommand root,
      ServerOption server,
      TargetOption target,
      WaitOption patience,
      String verb,
      Map<String, Object> body,
      Before before) {
    var atMost = patience.atMost();
    try (var addressed = server.addressed(root, target)) {
      before.look(addressed.api(), addressed.target());
      RolloutStatus status = addressed.api().decide(addressed.target(), verb, body, atMost);
      root.answer(status, () -> StatusView.text(status, Paint.of(root.console())));
      return ErrorCode.Exit.DONE;
    }
  }
}
