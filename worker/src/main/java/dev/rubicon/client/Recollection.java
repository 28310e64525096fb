package dev.rubicon.client;

import dev.rubicon.ledger.Ledger;
import dev.rubicon.ledger.LedgerRollout;
import dev.rubicon.ledger.LedgerStatus;
import dev.rubicon.ledger.PhaseEntry;
import dev.rubicon.ledger.StatusEntry;
import dev.rubicon.workflow.RolloutStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What the ledger knows of a target's executions. */
final class Recollection {
  /**
   * @param at when the ledger last heard of it
   */
  record Memory(RolloutStatus status, Instant at) {}

  private final Ledger ledger;

  Recollection(Ledger ledger) {
    this.ledger = ledger;
  }

  /** Of that execution; empty while no worker has entered it. */
  Optional<Memory> of(String target, Execution execution) {
    Optional<LedgerRollout> rollout = execution.noted("rollout").flatMap(ledger::find);
    return execution.ofContract(target)
        ? rollout
            .flatMap(this::contract)
            .filter(memory -> memory.status().run().equals(execution.runId()))
        : rollout.map(this::rollout);
  }

  /** Of the target's last rollout, or of its contract where there is one. */
  Optional<Memory> latest(String target) {
    return ledger.latestFor(target).map(last -> contract(last).orElseGet(() -> rollout(last)));
  }

  private Optional<Memory> contract(LedgerRollout rollout) {
    return ledger
        .statuses()
        .ofContract(rollout.id())
        .map(told -> contract(told, ledger.phases().of(rollout.id())));
  }

  private static Memory contract(StatusEntry told, List<PhaseEntry> phases) {
    RolloutStatus status = LedgerStatus.ofContract(told, phases);
    return new Memory(status, latest(told.at(), status));
  }

  private Memory rollout(LedgerRollout rollout) {
    RolloutStatus status =
        LedgerStatus.of(
            rollout, ledger.phases().of(rollout.id()), ledger.decisions().control(rollout.id()));
    Instant told = rollout.told().map(StatusEntry::at).orElse(rollout.launchedAt());
    return new Memory(status, latest(rollout.endedAt().orElse(told), status));
  }

  private static Instant latest(Instant told, RolloutStatus status) {
    return status.phases().stream()
        .flatMap(run -> Stream.of(run.ended().orElse(run.started())))
        .filter(at -> at.isAfter(told))
        .max(Instant::compareTo)
        .orElse(told);
  }
}
