package dev.rubicon.workflow;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.machine.DecisionPolicy;
import dev.rubicon.machine.state.Event;
import dev.rubicon.machine.state.Question;
import dev.rubicon.machine.state.State;
import dev.rubicon.machine.state.Story;
import dev.rubicon.message.Decision;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.rollout.TargetProgress;
import io.temporal.failure.ActivityFailure;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowLock;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** Handles the Updates by which humans decide, one after another. */
final class DecisionHandler {
  /** The database is not the rollout's, or takes no writes: no decision can be about it. */
  private static final Set<String> ANOTHER =
      Set.of(ErrorCode.TARGET_NOT_THE_SAME.name(), ErrorCode.TARGET_READ_ONLY.name());

  private final Execution execution;
  private final WorkflowLock oneAtATime = Workflow.newWorkflowLock();

  DecisionHandler(Execution execution) {
    this.execution = execution;
  }

  /**
   * A decision: judged, looked at where it approves something, recorded, and carried out. What
   * policy refuses is recorded and fails the Update with its code.
   */
  void handle(Decision decision) {
    String run = Execution.run();
    // Recorded, so that a replay knows which run received it: a Reset's run is another.
    var received = new Received(Workflow.sideEffect(String.class, () -> run), Execution.now());
    Workflow.newDetachedCancellationScope(() -> handle(decision, received)).run();
  }

  /**
   * When and in which run a decision was received. One that was valid then stays so: it is carried
   * out, also when a worker's death delays it beyond its expiry.
   */
  private record Received(String run, Instant at) {}

  private void handle(Decision decision, Received received) {
    if (decision instanceof Decision.SignOff) {
      // Which items there are is known when the bundle is opened.
      Workflow.await(
          () ->
              execution.story().known().plan().isPresent()
                  || execution.story().state() instanceof State.Ended);
    }
    oneAtATime.lock();
    try {
      if (!decision.by().run().equals(received.run())) {
        forget(decision);
      }
      judge(decision, received);
      checkProgress(decision);
      if (decision instanceof Decision.Approve
          && execution.story().state() instanceof State.AtGate(var asked)) {
        checkShown(asked, decision);
        judge(decision, received);
      }
      Recording.enter(here(), decision, execution.auditHead());
      // Recording took time; a cancellation may have come meanwhile.
      judge(decision, received);
      execution.log().decisions().carriedOut(decision, Execution.now());
      execution.happened(new Event.Decided(decision));
      // A pause is answered only when it is known whether the cutover has committed.
      Workflow.await(() -> !(execution.story().state() instanceof State.StoppingCrossing));
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
            "rubicon",
            "a Reset forgot: " + decision.action(),
            Execution.run(),
            Execution.now().plusSeconds(1));
    switch (decision) {
      case Decision.Pause _, Decision.Resume _ ->
          Recording.enter(
              here(),
              execution.story().controls().paused()
                  ? new Decision.Pause(by)
                  : new Decision.Resume(by),
              execution.auditHead());
      case Decision.Throttle _ ->
          Recording.enter(
              here(),
              new Decision.Throttle(execution.story().controls().rowsPerSecond(), by),
              execution.auditHead());
      case Decision.Approve _,
          Decision.SignOff _,
          Decision.Abort _,
          Decision.Rollback _,
          Decision.ExtendWatch _ -> {}
    }
  }

  private void judge(Decision decision, Received received) {
    Optional<RolloutStatus.Failure> refusal =
        DecisionPolicy.of(execution.story(), decision, received.run(), received.at());
    if (refusal.isPresent()) {
      throw refuse(decision, refusal.get());
    }
  }

  /**
   * A decision while no activity runs is about the target as it was; a failover may have taken it
   * back since. Activities check it themselves.
   */
  private void checkProgress(Decision decision) {
    TargetProgress known = execution.story().known().progress();
    if (!execution.idle() || known.stage().isEmpty()) {
      return;
    }
    TargetProgress seen;
    try {
      seen = ActivityStubs.glance("is the target where the rollout left it?").side(here());
    } catch (ActivityFailure e) {
      RolloutStatus.Failure failure = Failures.read(e);
      if (ANOTHER.contains(failure.code())) {
        throw refuse(decision, failure);
      }
      // A decision does not wait for a target that is away; the next activity checks again.
      return;
    }
    if (execution.idle() && known.equals(execution.story().known().progress())) {
      saw(decision, seen);
    }
  }

  /** A decision that meant the target as it was is none about what it is now. */
  private void saw(Decision decision, TargetProgress seen) {
    Story meant = execution.story();
    execution.happened(new Event.TargetProgressSeen(seen));
    if (execution.story() != meant) {
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
              .unchanged(here(), question.fingerprint());
    } catch (ActivityFailure e) {
      if (Failures.read(e).code().equals(ErrorCode.TARGET_STATE_LOST.name())
          && execution.story().kind() == Story.Kind.ROLLOUT) {
        saw(
            decision,
            ActivityStubs.control("what does the target remember of this rollout?").side(here()));
      }
      throw e;
    }
    if (!unchanged) {
      execution.happened(new Event.TargetMoved());
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
    execution.log().decisions().refused(decision, Execution.now(), refusal.code());
    execution
        .auditHead()
        .saw(
            ActivityStubs.control(SummaryText.refused(decision, refusal.code()))
                .recordRefusal(
                    here(),
                    decision.action(),
                    digest,
                    decision.by(),
                    refusal,
                    execution.auditHead().last()));
    return Failures.of(refusal);
  }

  private PhaseInput here() {
    return execution.log().here(execution.story());
  }
}
