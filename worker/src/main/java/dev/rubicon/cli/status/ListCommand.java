package dev.rubicon.cli.status;

import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.terminal.Paint;
import dev.rubicon.cli.terminal.Table;
import dev.rubicon.client.Rollouts;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.message.RolloutStatus;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code rubicon list}. */
@Command(name = "list", description = "Rollouts, newest first, from the ledger.")
public final class ListCommand implements Callable<Integer> {
  @ParentCommand private RubiconCommand root;

  @Option(
      names = {"-t", "--target"},
      paramLabel = "TARGET",
      description = "Of this target only.")
  private String target;

  @Option(names = "--running", description = "Only those that have not ended.")
  private boolean running;

  @Override
  public Integer call() {
    var config = root.config();
    try (var client = Rollouts.open(config)) {
      Rollouts.Listing listing = client.list();
      listing
          .because()
          .ifPresent(why -> root.console().progress("as the ledger last knew: " + why));
      List<LedgerRollout> rollouts =
          listing.rollouts().stream()
              .filter(r -> target == null || r.target().equals(target))
              .filter(r -> !running || going(r))
              .toList();
      root.answer(rollouts, () -> text(rollouts));
      return ErrorCode.Exit.DONE;
    }
  }

  private static boolean going(LedgerRollout rollout) {
    return rollout.live() && !rollout.state().equals(RolloutStatus.State.TERMINATED.word());
  }

  private String text(List<LedgerRollout> rollouts) {
    var paint = Paint.of(root.console());
    var table = new Table("rollout", "runbook", "target", "phase", "state", "by", "launched");
    for (LedgerRollout r : rollouts) {
      table.row(
          r.id(),
          r.runbook(),
          r.target(),
          r.phase(),
          r.state(),
          r.requestedBy(),
          r.launchedAt().toString());
    }
    return rollouts.isEmpty() ? "no rollouts" : table.text(paint);
  }
}
