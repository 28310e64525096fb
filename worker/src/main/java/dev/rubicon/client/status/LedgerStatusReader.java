package dev.rubicon.client.status;

import dev.rubicon.ledger.Ledger;
import dev.rubicon.ledger.LedgerStatus;
import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.ledger.entry.PhaseEntry;
import dev.rubicon.ledger.entry.StatusEntry;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.temporal.Execution;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The status of a target's executions as the ledger has it. */
final class LedgerStatusReader {
  /**
   * @param at when the ledger was last updated
   */
  record Recorded(RolloutStatus status, Instant at) {}

  private final Ledger ledger;

  LedgerStatusReader(Ledger ledger) {
    this.ledger = ledger;
  }

  /** Of that execution; empty while no worker has entered it. */
  Optional<Recorded> of(String target, Execution execution) {
    Optional<LedgerRollout> rollout = execution.noted("rollout").flatMap(ledger::find);
    return execution.ofContract(target)
        ? rollout
            .flatMap(this::contract)
            .filter(recorded -> recorded.status().run().equals(execution.runId()))
        : rollout.map(this::rollout);
  }

  /** Of the target's last rollout, or of its contract where there is one. */
  Optional<Recorded> latest(String target) {
    return ledger.latestFor(target).map(last -> contract(last).orElseGet(() -> rollout(last)));
  }

  private Optional<Recorded> contract(LedgerRollout rollout) {
    return ledger
        .statuses()
        .ofContract(rollout.id())
        .map(last -> contract(last, ledger.phases().of(rollout.id())));
  }

  private static Recorded contract(StatusEntry last, List<PhaseEntry> phases) {
    RolloutStatus status = LedgerStatus.ofContract(last, phases);
    return new Recorded(status, latest(last.at(), status));
  }

  private Recorded rollout(LedgerRollout rollout) {
    RolloutStatus status =
        LedgerStatus.of(
            rollout, ledger.phases().of(rollout.id()), ledger.decisions().control(rollout.id()));
    Instant last = rollout.told().map(StatusEntry::at).orElse(rollout.launchedAt());
    return new Recorded(status, latest(rollout.endedAt().orElse(last), status));
  }

  private static Instant latest(Instant last, RolloutStatus status) {
    return status.phases().stream()
        .flatMap(run -> Stream.of(run.ended().orElse(run.started())))
        .filter(at -> at.isAfter(last))
        .max(Instant::compareTo)
        .orElse(last);
  }
}
