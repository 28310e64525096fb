package dev.rubicon.workflow;

import dev.rubicon.machine.Machine;
import dev.rubicon.machine.StoryStatus;
import dev.rubicon.machine.Todo;
import dev.rubicon.machine.state.End;
import dev.rubicon.machine.state.Event;
import dev.rubicon.machine.state.State;
import dev.rubicon.machine.state.Story;
import dev.rubicon.message.Decision;
import dev.rubicon.message.RolloutStatus;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.TimerOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Interprets the machine on Temporal: runs the activity of each step, waits where the story waits,
 * and keeps ledger, search attributes and the UI's details current.
 */
final class Execution {
  /** Runs the activity of a step and gives its outcome; failures are thrown. */
  interface Steps {
    Event.Outcome perform(State.Step step);
  }

  private final PhaseLog log;
  private final SeenAuditHead auditHead = new SeenAuditHead();
  private final StatusPublisher publisher;
  private final DecisionHandler decisions;
  private Story story;
  private Optional<Running> running = Optional.empty();

  /** A step that runs, and the scope by which it can be cancelled. */
  private record Running(State.Step step, CancellationScope scope) {}

  Execution(Story story) {
    this.story = story;
    this.log = new PhaseLog(story, auditHead);
    this.publisher = new StatusPublisher(log);
    this.decisions = new DecisionHandler(this);
  }

  Story story() {
    return story;
  }

  PhaseLog log() {
    return log;
  }

  SeenAuditHead auditHead() {
    return auditHead;
  }

  /** The whole execution, to its end. */
  State.Ended run(Steps steps) {
    // A cancellation is an event like others: what is under way must end before anything is undone.
    CancellationScope.current()
        .getCancellationRequest()
        .thenApply(
            reason -> {
              happened(new Event.CancelRequested());
              return reason;
            });
    var ended = new State.Ended[1];
    Workflow.newDetachedCancellationScope(() -> ended[0] = loop(steps)).run();
    return ended[0];
  }

  private State.Ended loop(Steps steps) {
    while (true) {
      // Before the ledger is updated: while it is away, that may take minutes.
      show();
      publisher.publish(story, status());
      show();
      // Nothing may take time between this answer and what is made of it.
      switch (Machine.todo(story, now())) {
        case Todo.Conclude(Event event) -> happened(event);
        case Todo.Perform(State.Step step) -> perform(steps, step);
        case Todo.Await(Optional<Instant> until) -> await(until);
        case Todo.Finish(End end, Optional<String> report) -> {
          Workflow.await(Workflow::isEveryHandlerFinished);
          // Only now: a client that sees it completed may rely on the ledger.
          log.become(status());
          show();
          return new State.Ended(end, report);
        }
      }
    }
  }

  private void perform(Steps steps, State.Step step) {
    if (step instanceof State.PhaseStep phase) {
      log.started(phase.phase(), story.course().round());
      show();
    }
    var outcome = new Event.Outcome[1];
    CancellationScope scope =
        Workflow.newCancellationScope(() -> outcome[0] = attempt(steps, step));
    running = Optional.of(new Running(step, scope));
    scope.run();
    running = Optional.empty();
    if (step instanceof State.PhaseStep) {
      log.ended(outcome[0]);
    }
    happened(outcome[0]);
  }

  private static Event.Outcome attempt(Steps steps, State.Step step) {
    try {
      return steps.perform(step);
    } catch (CanceledFailure e) {
      return new Event.Stopped(step);
    } catch (ActivityFailure e) {
      return Failures.cancelled(e)
          ? new Event.Stopped(step)
          : new Event.Failed(step, Failures.read(e));
    }
  }

  private void await(Optional<Instant> until) {
    Story seen = story;
    if (until.isEmpty()) {
      Workflow.await(() -> story != seen);
      return;
    }
    Duration rest = Duration.between(now(), until.get());
    if (rest.isPositive()) {
      var due = new Promise<?>[1];
      CancellationScope timer =
          Workflow.newCancellationScope(
              () -> due[0] = Workflow.newTimer(rest, timer(status(), until.get())));
      timer.run();
      Workflow.await(() -> story != seen || due[0].isCompleted());
      timer.cancel("something else happened");
    }
    if (story == seen) {
      happened(new Event.TimePassed());
    }
  }

  private static TimerOptions timer(RolloutStatus status, Instant until) {
    String what =
        status.windowOpens().isPresent()
            ? "until the window opens at " + until
            : "until the window ends at " + until + ", which voids the approval";
    return TimerOptions.newBuilder().setSummary(SummaryText.of(what)).build();
  }

  /** The one way in which the story moves. */
  void happened(Event event) {
    story = Machine.on(story, event, now());
    running
        .filter(step -> Machine.interrupts(step.step(), story))
        .ifPresent(step -> step.scope().cancel("the rollout went elsewhere"));
  }

  /** A decision: judged, recorded, and carried out; or refused with its code. */
  RolloutStatus receive(Decision decision) {
    decisions.handle(decision);
    return status();
  }

  /** Whether no step runs now, so that none looks at the target. */
  boolean idle() {
    return running.isEmpty();
  }

  RolloutStatus status() {
    return status(story);
  }

  private void show() {
    log.show(story, status());
  }

  /** As it will stand when it has ended so. */
  RolloutStatus statusOnce(End end) {
    return status(story.ended(end));
  }

  private RolloutStatus status(Story at) {
    return StoryStatus.of(at, run(), now(), log.phase(), log.runs());
  }

  static String run() {
    return Workflow.getInfo().getRunId();
  }

  static Instant now() {
    return Instant.ofEpochMilli(Workflow.currentTimeMillis());
  }
}
