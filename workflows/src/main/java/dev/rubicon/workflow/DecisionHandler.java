package dev.rubicon.workflow;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.machine.DecisionPolicy;
import dev.rubicon.machine.state.Event;
import dev.rubicon.machine.state.Question;
import dev.rubicon.machine.state.State;
import dev.rubicon.machine.state.Story;
import dev.rubicon.message.Decision;
import dev.rubicon.message.Identity;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.message.SignedText;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.rollout.TargetProgress;
import io.temporal.failure.ActivityFailure;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowLock;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Handles the Updates by which humans decide, one after another. */
final class DecisionHandler {
  /** The database is not the rollout's, or takes no writes: no decision can be about it. */
  private static final Set<String> ANOTHER =
      Set.of(ErrorCode.TARGET_NOT_THE_SAME.name(), ErrorCode.TARGET_READ_ONLY.name());

  /** Behind the run's id: the worker that received it has who it is from checked. */
  private static final String CHECKED = " checked";

  /** Who is named beside a forgery: the one whom it names did not make it. */
  private static final String NOBODY = "unknown";

  private final Set<String> used = new HashSet<>();
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
    // Recorded, so that a replay knows which run received it: a Reset's run is another. A history
    // of before has no mark, and checked nothing.
    String seen = Workflow.sideEffect(String.class, () -> run + CHECKED);
    var received = new Received(seen.replace(CHECKED, ""), Execution.now(), seen.endsWith(CHECKED));
    Workflow.newDetachedCancellationScope(() -> handle(decision, received)).run();
  }

  /**
   * When and in which run a decision was received. One that was valid then stays so: it is carried
   * out, also when a worker's death delays it beyond its expiry.
   *
   * @param checks whether who it is from is checked
   */
  private record Received(String run, Instant at, boolean checks) {}

  private void handle(Decision said, Received received) {
    if (said instanceof Decision.SignOff) {
      // Which items there are is known when the bundle is opened.
      Workflow.await(
          () ->
              execution.story().known().plan().isPresent()
                  || execution.story().state() instanceof State.Ended);
    }
    oneAtATime.lock();
    try {
      if (!said.by().run().equals(received.run())) {
        forget(said);
      }
      Decision decision = received.checks() ? identified(said) : said;
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
   * The decision with what an activity made of its proof. What is not signed by a worker that is
   * trusted, or signed for something else, is recorded as nobody's, and so is the same signature
   * once more.
   */
  private Decision identified(Decision said) {
    Decision.By by = said.by();
    Identity identity =
        ActivityStubs.recording("is it " + by.principal() + " who decides?")
            .identify(here(), text(said), by.proof());
    boolean again =
        identity != Identity.FORGED
            && !by.proof().nonce().isEmpty()
            && !used.add(by.proof().nonce());
    if (identity != Identity.FORGED && !again) {
      return said.with(by.with(identity));
    }
    var nobody =
        new Decision.By(
            NOBODY, "said to be of " + by.principal() + ": " + by.reason(), by.run(), by.expires());
    throw refuse(
        said.with(nobody.with(Identity.FORGED)),
        new RolloutStatus.Failure(
            ErrorCode.DECISION_FORGED.name(),
            again
                ? "its signature was used before"
                : "it is not signed for this by a worker whose key is trusted here",
            "decide through a worker's HTTP API, as rubicon does; see docs/security.md"));
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

  private String text(Decision decision) {
    return SignedText.of(
        Workflow.getInfo().getWorkflowId(), execution.story().request().rollout(), decision);
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
                    execution.auditHead().last(),
                    text(decision)));
    return Failures.of(refusal);
  }

  private PhaseInput here() {
    return execution.log().here(execution.story());
  }
}
