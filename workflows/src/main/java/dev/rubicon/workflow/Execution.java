package dev.rubicon.workflow;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.machine.DecisionPolicy;
import dev.rubicon.machine.End;
import dev.rubicon.machine.Event;
import dev.rubicon.machine.Machine;
import dev.rubicon.machine.Question;
import dev.rubicon.machine.State;
import dev.rubicon.machine.Story;
import dev.rubicon.machine.StoryStatus;
import dev.rubicon.machine.Todo;
import dev.rubicon.message.Decision;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.rollout.TargetProgress;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.TimerOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowLock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Interprets the machine on Temporal: runs the activity of each step, waits where the story waits,
 * takes decisions, and keeps ledger, search attributes and the UI's details current.
 */
final class Execution {
  /** Runs the activity of a step and gives its outcome; failures are thrown. */
  interface Steps {
    Event.Outcome perform(State.Step step);
  }

  /** The target is none that a decision could be about. */
  private static final Set<String> ANOTHER =
      Set.of(ErrorCode.TARGET_NOT_THE_SAME.name(), ErrorCode.TARGET_READ_ONLY.name());

  private final PhaseLog log;
  private final WorkflowLock oneAtATime = Workflow.newWorkflowLock();
  private final SeenAuditHead auditHead = new SeenAuditHead();
  private final StatusPublisher publisher;
  private Story story;
  private Optional<Running> running = Optional.empty();

  /** A step that runs, and the scope by which it can be cancelled. */
  private record Running(State.Step step, CancellationScope scope) {}

  Execution(Story story) {
    this.story = story;
    this.log = new PhaseLog(story, auditHead);
    this.publisher = new StatusPublisher(log);
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
  private void happened(Event event) {
    story = Machine.on(story, event, now());
    running
        .filter(step -> Machine.interrupts(step.step(), story))
        .ifPresent(step -> step.scope().cancel("the rollout went elsewhere"));
  }

  /**
   * A decision: judged, looked at where it approves something, recorded, and carried out. What
   * policy refuses is recorded and fails the Update with its code.
   */
  RolloutStatus receive(Decision decision) {
    String run = run();
    // Recorded, so that a replay knows which run received it: a Reset's run is another.
    var received = new Received(Workflow.sideEffect(String.class, () -> run), now());
    Workflow.newDetachedCancellationScope(() -> receive(decision, received)).run();
    return status();
  }

  /**
   * When and in which run a decision was received. One that was valid then stays so: it is carried
   * out, also when a worker's death delays it beyond its expiry.
   */
  private record Received(String run, Instant at) {}

  private void receive(Decision decision, Received received) {
    if (decision instanceof Decision.SignOff) {
      // Which items there are is known when the bundle is opened.
      Workflow.await(
          () -> story.known().plan().isPresent() || story.state() instanceof State.Ended);
    }
    oneAtATime.lock();
    try {
      if (!decision.by().run().equals(received.run())) {
        forget(decision);
      }
      judge(decision, received);
      checkProgress(decision);
      if (decision instanceof Decision.Approve
          && story.state() instanceof State.AtGate(var asked)) {
        checkShown(asked, decision);
        judge(decision, received);
      }
      Recording.enter(log.here(story), decision, auditHead);
      // Recording took time; a cancellation may have come meanwhile.
      judge(decision, received);
      log.decisions().carriedOut(decision, now());
      happened(new Event.Decided(decision));
      // A pause is answered only when it is known whether the cutover has committed.
      Workflow.await(() -> !(story.state() instanceof State.StoppingCrossing));
    } catch (ActivityFailure e) {
      RolloutStatus.Failure failure = Failures.read(e);
      throw Failures.of(
          new RolloutStatus.Failure(
              failure.code(),
              "not carried out, because it could not be checked or recorded: " + failure.cause(),
              failure.next()));
    } finally {
      oneAtATime.unlock();
    }
  }

  /**
   * A Reset has forgotten the decision, but the ledger has not, and running activities ask it how
   * fast they may go: so this run's limit is recorded again.
   */
  private void forget(Decision decision) {
    var by =
        new Decision.By(
            "rubicon", "a Reset forgot: " + decision.action(), run(), now().plusSeconds(1));
    switch (decision) {
      case Decision.Pause _, Decision.Resume _ ->
          Recording.enter(
              log.here(story),
              story.controls().paused() ? new Decision.Pause(by) : new Decision.Resume(by),
              auditHead);
      case Decision.Throttle _ ->
          Recording.enter(
              log.here(story),
              new Decision.Throttle(story.controls().rowsPerSecond(), by),
              auditHead);
      case Decision.Approve _,
          Decision.SignOff _,
          Decision.Abort _,
          Decision.Rollback _,
          Decision.ExtendWatch _ -> {}
    }
  }

  private void judge(Decision decision, Received received) {
    Optional<RolloutStatus.Failure> refusal =
        DecisionPolicy.of(story, decision, received.run(), received.at());
    if (refusal.isPresent()) {
      throw refuse(decision, refusal.get());
    }
  }

  /**
   * A decision while no activity runs is about the target as it was; a failover may have taken it
   * back since. Activities check it themselves.
   */
  private void checkProgress(Decision decision) {
    TargetProgress known = story.known().progress();
    if (running.isPresent() || known.stage().isEmpty()) {
      return;
    }
    TargetProgress seen;
    try {
      seen = ActivityStubs.glance("is the target where the rollout left it?").side(log.here(story));
    } catch (ActivityFailure e) {
      RolloutStatus.Failure failure = Failures.read(e);
      if (ANOTHER.contains(failure.code())) {
        throw refuse(decision, failure);
      }
      // A decision does not wait for a target that is away; the next activity checks again.
      return;
    }
    if (running.isEmpty() && known.equals(story.known().progress())) {
      saw(decision, seen);
    }
  }

  /** A decision that meant the target as it was is none about what it is now. */
  private void saw(Decision decision, TargetProgress seen) {
    Story meant = story;
    happened(new Event.TargetProgressSeen(seen));
    if (story != meant) {
      throw refuse(
          decision,
          new RolloutStatus.Failure(
              ErrorCode.TARGET_STATE_LOST.name(),
              "the target is not where this rollout has left it",
              "see what was lost, and the one command that leads on: rubicon status"));
    }
  }

  private void checkShown(Question question, Decision decision) {
    boolean unchanged;
    try {
      unchanged =
          ActivityStubs.control("is the target still the one that was shown?")
              .unchanged(log.here(story), question.fingerprint());
    } catch (ActivityFailure e) {
      if (Failures.read(e).code().equals(ErrorCode.TARGET_STATE_LOST.name())
          && story.kind() == Story.Kind.ROLLOUT) {
        saw(
            decision,
            ActivityStubs.control("what does the target remember of this rollout?")
                .side(log.here(story)));
      }
      throw e;
    }
    if (!unchanged) {
      happened(new Event.TargetMoved());
      throw refuse(
          decision,
          new RolloutStatus.Failure(
              ErrorCode.TARGET_CHANGED.name(),
              "the target's schema is no longer the one that was shown; approvals are void",
              "wait for the new question: rubicon status --watch"));
    }
  }

  private RuntimeException refuse(Decision decision, RolloutStatus.Failure refusal) {
    String digest = decision instanceof Decision.Approve approval ? approval.digest() : "";
    log.decisions().refused(decision, now(), refusal.code());
    auditHead.saw(
        ActivityStubs.control(SummaryText.refused(decision, refusal.code()))
            .recordRefusal(
                log.here(story),
                decision.action(),
                digest,
                decision.by(),
                refusal,
                auditHead.last()));
    return Failures.of(refusal);
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
