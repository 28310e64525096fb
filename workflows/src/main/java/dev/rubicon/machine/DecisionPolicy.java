package dev.rubicon.machine;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.machine.state.Question;
import dev.rubicon.machine.state.Side;
import dev.rubicon.machine.state.State;
import dev.rubicon.machine.state.Story;
import dev.rubicon.message.Decision;
import dev.rubicon.message.RolloutStatus.Failure;
import dev.rubicon.rollout.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The one place that judges whether a decision may be carried out now; it is pure, and asked again
 * after each step that took time. Who a decision is from, a worker has checked before.
 */
public final class DecisionPolicy {
  /** A decision that could be carried out long after it was made is none. */
  static final Duration LONGEST_VALIDITY = Duration.ofHours(1);

  /** By how much the sender's clock may be ahead of the server's. */
  static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

  static final Duration LONGEST_EXTENSION = Duration.ofDays(365);

  private DecisionPolicy() {}

  /**
   * @param receivedIn the run that received the decision
   * @param receivedAt when it was received first; what takes time after that does not let it expire
   * @return why it is refused; empty when it may be carried out
   */
  public static Optional<Failure> of(
      Story story, Decision decision, String receivedIn, Instant receivedAt) {
    return stale(decision, receivedIn, receivedAt)
        .or(() -> ending(story, decision))
        .or(
            () ->
                switch (decision) {
                  case Decision.Approve approval -> approve(story, approval, receivedIn);
                  case Decision.SignOff signOff -> signOff(story, signOff);
                  case Decision.Pause _ -> pause(story);
                  case Decision.Resume _ -> resume(story);
                  case Decision.Throttle _ -> throttle(story);
                  case Decision.Abort _ -> abort(story);
                  case Decision.Rollback _ -> rollback(story);
                  case Decision.ExtendWatch extension -> extend(story, extension.extension());
                });
  }

  private static Optional<Failure> stale(Decision decision, String receivedIn, Instant receivedAt) {
    if (!decision.by().run().equals(receivedIn)) {
      return refuse(
          ErrorCode.DECISION_EXPIRED,
          "it was made for another run of this rollout, before a Reset",
          "look where this run stands, then decide anew: rubicon status");
    }
    if (!receivedAt.isBefore(decision.by().expires())) {
      return refuse(
          ErrorCode.DECISION_EXPIRED,
          "it was valid until " + decision.by().expires() + ", and nobody heard it before",
          "look where the rollout stands, then decide anew: rubicon status");
    }
    if (decision.by().expires().isAfter(receivedAt.plus(LONGEST_VALIDITY).plus(CLOCK_SKEW))) {
      return refuse(
          ErrorCode.DECISION_EXPIRED,
          "it claims to be valid until " + decision.by().expires() + "; the longest is an hour",
          "set the clock of the machine that sends it, or decide anew");
    }
    return Optional.empty();
  }

  private static Optional<Failure> ending(Story story, Decision decision) {
    return switch (story.state()) {
      case State.Closing _, State.Reporting _, State.Ended _ ->
          refuse(
              ErrorCode.ORDER_IMPOSSIBLE,
              "the " + word(story) + " is ending: there is nothing left to " + decision.action(),
              "rubicon status");
      default -> Optional.empty();
    };
  }

  private static Optional<Failure> approve(
      Story story, Decision.Approve approval, String receivedIn) {
    if (!(story.state() instanceof State.AtGate(Question question))
        || question.gate() != approval.gate()) {
      return refuse(
          ErrorCode.GATE_NOT_OPEN, "the rollout does not wait at this gate", "rubicon status");
    }
    if (!story.plan().selfApproval()
        && approval.by().principal().equals(story.request().requestedBy())) {
      return refuse(
          ErrorCode.APPROVER_IS_REQUESTER,
          approval.by().principal() + " launched this rollout and may not approve it",
          "let somebody else run: rubicon approve");
    }
    if (!story.plan().selfApproval()
        && !(approval.by().identity().counts() && story.known().requester().counts())) {
      return refuse(
          ErrorCode.APPROVER_UNVERIFIED,
          (approval.by().identity().counts()
                  ? "nobody checked that it was " + story.request().requestedBy() + " who launched"
                  : "nobody checked that it is " + approval.by().principal() + " who approves")
              + ", and this rollout needs a second person",
          "give each person a token of their own (http.tokens) and the worker a key (signing), or"
              + " say identity: trusted-host in rubicon.yaml (docs/security.md)");
    }
    if (!question.digest(receivedIn).equals(approval.digest())) {
      return refuse(
          ErrorCode.DIGEST_MISMATCH,
          "the approval names another digest than the one that waits",
          "read what has changed: rubicon status; then approve its digest");
    }
    return Optional.empty();
  }

  private static Optional<Failure> signOff(Story story, Decision.SignOff signOff) {
    boolean known =
        story.known().plan().isPresent()
            && story.plan().manual().stream().anyMatch(item -> item.id().equals(signOff.item()));
    if (!known) {
      return refuse(
          ErrorCode.SIGN_OFF_UNKNOWN,
          "the runbook has no manual item '" + signOff.item() + "'",
          "rubicon status lists the items that are due");
    }
    return story.controls().signedOff().contains(signOff.item())
        ? refuse(
            ErrorCode.ORDER_IMPOSSIBLE,
            "'" + signOff.item() + "' is signed off already",
            "rubicon status")
        : Optional.empty();
  }

  private static Optional<Failure> pause(Story story) {
    if (story.kind() == Story.Kind.CONTRACT) {
      return refuse(ErrorCode.ORDER_IMPOSSIBLE, "a contract has no pause", "rubicon abort");
    }
    return story.controls().paused()
        ? refuse(ErrorCode.ORDER_IMPOSSIBLE, "the rollout is paused already", "rubicon resume")
        : Optional.empty();
  }

  private static Optional<Failure> resume(Story story) {
    boolean waits =
        story.controls().paused()
            || story.state() instanceof State.Held
            || story.state() instanceof State.AskedToCross;
    return waits
        ? Optional.empty()
        : refuse(ErrorCode.ORDER_IMPOSSIBLE, "nothing is paused or held", "rubicon status");
  }

  private static Optional<Failure> throttle(Story story) {
    boolean before =
        story.known().plan().isEmpty()
            || story.has(Phase.BACKFILL) && story.course().crossings() == 0 && !filled(story);
    return before && story.kind() == Story.Kind.ROLLOUT
        ? Optional.empty()
        : refuse(
            ErrorCode.ORDER_IMPOSSIBLE,
            "there is no backfill left to throttle",
            "rubicon status; to hold the rollout: rubicon pause");
  }

  private static boolean filled(Story story) {
    State state = story.state() instanceof State.Held(_, State again) ? again : story.state();
    return switch (state) {
      case State.Opening _,
          State.Preflighting _,
          State.BackingUp _,
          State.Cloning _,
          State.Rehearsing _,
          State.Binding _,
          State.CheckingTarget _,
          State.Expanding _,
          State.InstallingDualWrite _,
          State.Backfilling _ ->
          false;
      case State.OpeningGate(var question) -> !(question instanceof Question.ToExpand);
      case State.AtGate(var question) -> !(question instanceof Question.ToExpand);
      case State.Recording(_, var then) -> !(then instanceof State.Preflighting);
      default -> true;
    };
  }

  private static Optional<Failure> abort(Story story) {
    return switch (story.state()) {
      case State.Removing _, State.FindingInstalled _, State.SwitchingBack(State.Removing _) ->
          refuse(ErrorCode.ORDER_IMPOSSIBLE, "the abort is under way", "rubicon status --watch");
      case State.Crossing _, State.StoppingCrossing _, State.FindingSide _ ->
          refuse(
              ErrorCode.ABORT_IMPOSSIBLE,
              "the cutover is under way; abort is for before",
              "stop it first: rubicon pause; then look where it stands: rubicon status");
      case State.GoingBack _ ->
          refuse(
              ErrorCode.ABORT_IMPOSSIBLE,
              "the rollback is under way",
              "wait for it: rubicon status --watch; then: rubicon abort");
      case State.Contracting _ ->
          refuse(
              ErrorCode.ABORT_IMPOSSIBLE,
              "contract does not wait at its gate any more",
              "rubicon status");
      default ->
          story.kind() == Story.Kind.ROLLOUT && story.course().side() == Side.CANONICAL
              ? refuse(
                  ErrorCode.ABORT_IMPOSSIBLE,
                  "canonical is the authority; abort is for before the cutover",
                  "go back first: rubicon rollback; then: rubicon abort")
              : Optional.empty();
    };
  }

  private static Optional<Failure> rollback(Story story) {
    if (story.state() instanceof State.GoingBack) {
      return refuse(
          ErrorCode.ORDER_IMPOSSIBLE, "the rollback is under way", "rubicon status --watch");
    }
    return story.kind() == Story.Kind.ROLLOUT && story.course().side() == Side.CANONICAL
        ? Optional.empty()
        : refuse(
            ErrorCode.ROLLBACK_IMPOSSIBLE,
            "the rollout has not crossed; there is nothing to roll back",
            "to give up before the cutover: rubicon abort");
  }

  private static Optional<Failure> extend(Story story, Duration by) {
    boolean watches =
        story.kind() == Story.Kind.ROLLOUT
            && (story.known().plan().isEmpty() || story.has(Phase.WATCH));
    if (!watches) {
      return refuse(
          ErrorCode.ORDER_IMPOSSIBLE, "this rollout has no watch to extend", "rubicon status");
    }
    return story.controls().extension().plus(by).compareTo(LONGEST_EXTENSION) > 0
        ? refuse(
            ErrorCode.ORDER_IMPOSSIBLE,
            "the watch would be extended by more than " + LONGEST_EXTENSION.toDays() + " days",
            "rubicon status")
        : Optional.empty();
  }

  private static String word(Story story) {
    return story.kind() == Story.Kind.ROLLOUT ? "rollout" : "contract";
  }

  private static Optional<Failure> refuse(ErrorCode code, String cause, String next) {
    return Optional.of(new Failure(code.name(), cause, next));
  }
}
