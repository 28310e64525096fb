package dev.rubicon.cli.rollout;

import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.root.ServerOption;
import dev.rubicon.cli.root.TargetOption;
import dev.rubicon.runbook.Runbook;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code rubicon approve}. */
@Command(
    name = "approve",
    description = {
      "Approves a gate, binding exactly what rubicon status showed.",
      "You are whose token RUBICON_TOKEN is; without tokens you are recorded as unverified."
    })
public final class ApproveCommand implements Callable<Integer> {
  @ParentCommand private RubiconCommand root;
  @Mixin private ServerOption server = new ServerOption();
  @Mixin private TargetOption target = new TargetOption();
  @Mixin private ReasonOption reason = new ReasonOption();
  @Mixin private WaitOption patience = new WaitOption();

  @Option(
      names = "--gate",
      required = true,
      paramLabel = "GATE",
      description = "${COMPLETION-CANDIDATES}")
  private Runbook.Gate gate;

  @Option(
      names = "--digest",
      required = true,
      paramLabel = "SHA256",
      description = "What is approved, as rubicon status prints it.")
  private String digest;

  @Override
  public Integer call() {
    return Decisions.send(
        root,
        server,
        target,
        patience,
        "approve",
        Map.of("gate", gate, "digest", digest, "reason", reason.text()),
        // What was accepted with it stays on the approver's screen, even without rubicon status.
        (api, on) ->
            api.clients(on).stream()
                .map(what -> "clients will notice: " + what)
                .forEach(root.console()::progress));
  }
}
