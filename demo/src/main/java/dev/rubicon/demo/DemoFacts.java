package dev.rubicon.demo;

import dev.rubicon.client.Rollouts;
import dev.rubicon.cutover.Crossed;
import dev.rubicon.error.RubiconException;
import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.rollout.Phase;
import dev.rubicon.workflow.ContractWorkflow;
import dev.rubicon.workflow.RolloutWorkflow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What Temporal and the ledger have of the finished rollout, for the demo's result. */
final class DemoFacts {
  private final Rollouts rollouts;
  private final String target;
  private final List<RolloutStatus.PhaseRun> runs;
  private final String rollout;
  private boolean contracted;

  DemoFacts(Rollouts rollouts, RolloutStatus done) {
    this.rollouts = rollouts;
    this.target = done.target();
    this.rollout = done.rollout();
    this.runs = new ArrayList<>(done.phases());
  }

  void contracted(RolloutStatus contract) {
    contracted = true;
    runs.addAll(contract.phases());
  }

  List<DemoResult.PhaseTime> phases() {
    return runs.stream()
        .map(
            run ->
                new DemoResult.PhaseTime(
                    run.phase().word() + (run.round() > 1 ? "-" + run.round() : ""),
                    run.outcome(),
                    run.ended()
                        .map(end -> Duration.between(run.started(), end).toMillis() / 1000.0)
                        .orElse(0.0)))
        .toList();
  }

  /** Attempts at the lock, of both crossings together. */
  int cutoverAttempts() {
    return rollouts.ledger().evidenceOf(rollout).stream()
        .filter(e -> e.phase().equals(Phase.CUTOVER.word()) && e.is(Crossed.EVIDENCE))
        .mapToInt(e -> e.as(Crossed.EVIDENCE).attempts().size())
        .sum();
  }

  long historyEvents() {
    var client = rollouts.temporal().client();
    long events = client.fetchHistory(RolloutWorkflow.workflowId(target)).getEvents().size();
    return contracted
        ? events + client.fetchHistory(ContractWorkflow.workflowId(target)).getEvents().size()
        : events;
  }

  /** Fetches the report from the object store. */
  Path report(Path to) {
    LedgerRollout entry = rollouts.ledger().rollout(rollout);
    if (entry.report().isEmpty()) {
      throw DemoFailure.because("the rollout wrote no report", "read the worker's log");
    }
    try (ObjectStore store = ObjectStore.open(rollouts.config().objectStore())) {
      Files.write(to, store.read(entry.report()));
      return to;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Done and total of the backfill, 0 to 1; 0 while nothing is known. */
  static double backfilled(Rollouts rollouts, String rollout) {
    try {
      return rollouts.ledger().phases().progressOf(rollout).stream()
          .filter(p -> p.phase().equals(Phase.BACKFILL.word()) && p.total() > 0)
          .mapToDouble(p -> (double) p.done() / p.total())
          .findFirst()
          .orElse(0);
    } catch (RubiconException ledgerAway) {
      return 0;
    }
  }
}
