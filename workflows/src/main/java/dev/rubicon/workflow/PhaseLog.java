package dev.rubicon.workflow;

import dev.rubicon.machine.Event;
import dev.rubicon.machine.Story;
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
  private Phase phase;
  private RolloutStatus.State state = RolloutStatus.State.RUNNING;
  private Optional<RolloutStatus.Failure> untold = Optional.empty();

  PhaseLog(Story story) {
    this.request = story.request();
    this.phase =
        switch (story.kind()) {
          case ROLLOUT -> Phase.PREFLIGHT;
          case CONTRACT -> Phase.CONTRACT;
        };
  }

  void started(Phase phase, int round) {
    this.phase = phase;
    runs.add(new RolloutStatus.PhaseRun(phase, round, "running", now(), Optional.empty(), ""));
    Workflow.upsertTypedSearchAttributes(Attributes.PHASE.valueSet(phase.word()));
  }

  /** Ends the phase that runs. */
  void ended(Event.Outcome outcome) {
    var last = runs.removeLast();
    runs.add(
        new RolloutStatus.PhaseRun(
            last.phase(),
            last.round(),
            switch (outcome) {
              case Event.Failed _ -> "failed";
              case Event.Stopped _ -> "stopped";
              default -> "done";
            },
            last.started(),
            Optional.of(now()),
            Summaries.of(outcome)));
  }

  /** Upserts only on change: an upsert is an event in the history. */
  void become(RolloutStatus.State next) {
    if (state != next) {
      state = next;
      Workflow.upsertTypedSearchAttributes(Attributes.STATUS.valueSet(next.word()));
    }
  }

  /** The ledger could not be told; the UI's details say so until it is. */
  void untold(Optional<RolloutStatus.Failure> failure) {
    untold = failure;
  }

  /** The last phase that was started. */
  Phase phase() {
    return phase;
  }

  /** What an activity of that phase is told. */
  PhaseInput input(Phase phase, Story story) {
    return new PhaseInput(
        request.rollout(),
        request.target(),
        request.bundle(),
        request.requestedBy(),
        phase,
        story.course().round(),
        story.known().footing());
  }

  /** The same for what belongs to no phase of its own. */
  PhaseInput here(Story story) {
    return input(phase, story);
  }

  List<RolloutStatus.PhaseRun> runs() {
    return List.copyOf(runs);
  }

  void show(RolloutStatus status) {
    Workflow.setCurrentDetails(StatusDetails.markdown(status, untold));
  }

  private static Instant now() {
    return Instant.ofEpochMilli(Workflow.currentTimeMillis());
  }
}
