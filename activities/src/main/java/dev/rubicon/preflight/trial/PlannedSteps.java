package dev.rubicon.preflight.trial;

import dev.rubicon.locks.Step;
import dev.rubicon.rollout.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Collects, while a trial goes on, what a rollout will send. */
final class PlannedSteps {
  private final List<PlannedStep> steps = new ArrayList<>();
  private int transaction;

  /** What follows runs in another transaction. */
  void next() {
    transaction++;
  }

  void add(Phase phase, Step step) {
    steps.add(PlannedStep.of(phase, transaction, step));
  }

  /** A statement of the transaction that is under way. */
  void add(Phase phase, String id, List<String> locks, String sql, String note) {
    steps.add(new PlannedStep(phase, id, transaction, locks, sql, note));
  }

  /** A statement in a transaction of its own, or in none. */
  void alone(Phase phase, String id, List<String> locks, String sql, String note) {
    next();
    add(phase, id, locks, sql, note);
  }

  /** In the order in which they were added, but what an abort sends comes last. */
  List<PlannedStep> all() {
    return Stream.concat(
            steps.stream().filter(step -> step.phase() != Phase.ABORT),
            steps.stream().filter(step -> step.phase() == Phase.ABORT))
        .toList();
  }
}
