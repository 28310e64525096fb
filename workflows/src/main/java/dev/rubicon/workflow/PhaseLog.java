package dev.rubicon.workflow;

import dev.rubicon.machine.state.Event;
import dev.rubicon.machine.state.Story;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.rollout.Worked;
import io.temporal.common.SearchAttributeUpdate;
import io.temporal.workflow.Workflow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which phases ran with which outcome, where, and what was decided; keeps search attributes and the
 * UI's details current.
 */
final class PhaseLog {
  private static final int WORKERS = 10;

  private final RolloutRequest request;
  private final SeenAuditHead auditHead;
  private final List<RolloutStatus.PhaseRun> runs = new ArrayList<>();
  private Phase phase;
  private final DecisionLog decisions = new DecisionLog();
  private final Set<String> workers = new LinkedHashSet<>();
  private RolloutStatus.State state = RolloutStatus.State.RUNNING;
  private Optional<String> digest = Optional.empty();
  private Optional<String> error = Optional.empty();
  private Optional<RolloutStatus.Failure> unpublished = Optional.empty();

  PhaseLog(Story story, SeenAuditHead auditHead) {
    this.auditHead = auditHead;
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

  /** Upserts what has changed, together: an upsert is an event in the history. */
  void become(RolloutStatus next) {
    var changed = new ArrayList<SearchAttributeUpdate<?>>();
    if (state != next.state()) {
      state = next.state();
      changed.add(Attributes.STATUS.valueSet(state.word()));
    }
    if (next.digest().isPresent() && !next.digest().equals(digest)) {
      digest = next.digest();
      changed.add(Attributes.DIGEST.valueSet(digest.get()));
    }
    Optional<String> code = next.held().map(RolloutStatus.Failure::code);
    if (!code.equals(error)) {
      error = code;
      changed.add(code.map(Attributes.ERROR::valueSet).orElseGet(Attributes.ERROR::valueUnset));
    }
    if (!changed.isEmpty()) {
      Workflow.upsertTypedSearchAttributes(changed.toArray(SearchAttributeUpdate<?>[]::new));
    }
  }

  /** A phase's facts; the worker that established them is noted. */
  <T extends Facts.OfPhase> T facts(Worked<T> worked) {
    if (workers.size() < WORKERS) {
      workers.add(worked.worker() + " (" + worked.version() + ")");
    }
    return worked.facts();
  }

  DecisionLog decisions() {
    return decisions;
  }

  /** The ledger could not be reached; the UI's details say so until it is. */
  void unpublished(Optional<RolloutStatus.Failure> failure) {
    unpublished = failure;
  }

  /** The last phase that was started. */
  Phase phase() {
    return phase;
  }

  /** The input of an activity of that phase. */
  PhaseInput input(Phase phase, Story story) {
    return new PhaseInput(
        request.rollout(),
        request.target(),
        request.bundle(),
        request.requestedBy(),
        phase,
        story.course().round(),
        story.known().expectedTarget(),
        auditHead.last());
  }

  /** The same for what belongs to no phase of its own. */
  PhaseInput here(Story story) {
    return input(phase, story);
  }

  List<RolloutStatus.PhaseRun> runs() {
    return List.copyOf(runs);
  }

  void show(Story story, RolloutStatus status) {
    Workflow.setCurrentDetails(
        StatusDetails.markdown(story, status, unpublished, decisions, List.copyOf(workers)));
  }

  private static Instant now() {
    return Instant.ofEpochMilli(Workflow.currentTimeMillis());
  }
}
