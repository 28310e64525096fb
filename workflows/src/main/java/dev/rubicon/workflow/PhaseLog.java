package dev.rubicon.workflow;

import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import io.temporal.workflow.Workflow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which phases ran with which outcome; keeps search attributes and the UI's details current. */
final class PhaseLog {
  private final RolloutRequest request;
  private final List<RolloutStatus.PhaseRun> runs = new ArrayList<>();
  private Phase phase = Phase.PREFLIGHT;
  private RolloutStatus.State state = RolloutStatus.State.RUNNING;
  private int round = 1;

  PhaseLog(RolloutRequest request) {
    this.request = request;
  }

  void started(Phase phase) {
    this.phase = phase;
    runs.add(new RolloutStatus.PhaseRun(phase, round, "running", now(), Optional.empty(), ""));
    become(RolloutStatus.State.RUNNING);
    Workflow.upsertTypedSearchAttributes(Attributes.PHASE.valueSet(phase.word()));
    show();
  }

  /** Ends the phase that runs; nothing when none does (a gate, or before the first). */
  void ended(String outcome, String summary) {
    if (runs.isEmpty() || runs.getLast().ended().isPresent()) {
      return;
    }
    var last = runs.removeLast();
    runs.add(
        new RolloutStatus.PhaseRun(
            last.phase(), last.round(), outcome, last.started(), Optional.of(now()), summary));
    show();
  }

  /** Upserts only on change: an upsert is an event in the history. */
  void become(RolloutStatus.State next) {
    if (state != next) {
      state = next;
      Workflow.upsertTypedSearchAttributes(Attributes.STATUS.valueSet(next.word()));
    }
  }

  Phase phase() {
    return phase;
  }

  int round() {
    return round;
  }

  /** After a rollback, or when the plan became void: evidence of the next round stands apart. */
  void nextRound() {
    round++;
  }

  /** What an activity of that phase is told. */
  PhaseInput input(Phase phase) {
    return new PhaseInput(
        request.rollout(), request.target(), request.bundle(), request.requestedBy(), phase, round);
  }

  /** The same for what belongs to no phase of its own. */
  PhaseInput here() {
    return input(phase);
  }

  RolloutStatus.State state() {
    return state;
  }

  List<RolloutStatus.PhaseRun> runs() {
    return List.copyOf(runs);
  }

  private void show() {
    var table = new StringBuilder("| phase | round | outcome | facts |\n|---|---|---|---|\n");
    for (var run : runs) {
      table
          .append("| ")
          .append(run.phase().word())
          .append(" | ")
          .append(run.round())
          .append(" | ")
          .append(run.outcome())
          .append(" | ")
          .append(run.summary().replace("|", "\\|"))
          .append(" |\n");
    }
    Workflow.setCurrentDetails(table.toString());
  }

  private static Instant now() {
    return Instant.ofEpochMilli(Workflow.currentTimeMillis());
  }
}
