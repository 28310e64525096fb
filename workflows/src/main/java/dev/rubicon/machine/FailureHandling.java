package dev.rubicon.machine;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.machine.state.Course.Leaving;
import dev.rubicon.machine.state.End;
import dev.rubicon.machine.state.Side;
import dev.rubicon.machine.state.State;
import dev.rubicon.machine.state.Story;
import dev.rubicon.message.RolloutStatus.Failure;
import java.util.Optional;
import java.util.Set;

/**
 * What a failure leads to. As long as the target is untouched it ends the execution; from then on
 * it holds it, and a human decides.
 */
final class FailureHandling {
  /** What makes an approval void, because what it bound is not so any more. */
  private static final Set<String> CALLS_OFF =
      Set.of(
          ErrorCode.APPROVAL_VOID.name(),
          ErrorCode.WINDOW_CLOSED.name(),
          ErrorCode.TARGET_CHANGED.name(),
          ErrorCode.TRIGGERS_TOUCHED.name());

  private FailureHandling() {}

  static boolean callsOff(Failure why) {
    return CALLS_OFF.contains(why.code());
  }

  static Story failed(Story story, State.Step step, Failure failure) {
    if (story.state() instanceof State.StoppingCrossing(var clearance)
        && step instanceof State.Crossing) {
      return story.to(new State.FindingSide(clearance, Optional.of(failure)));
    }
    return step.equals(story.state()) ? failed(story, failure) : story;
  }

  static Story stopped(Story story, State.Step step) {
    if (story.state() instanceof State.StoppingCrossing(var clearance)
        && step instanceof State.Crossing) {
      return story.to(new State.FindingSide(clearance, Optional.empty()));
    }
    return step.equals(story.state()) ? failed(story, Reasons.stopped()) : story;
  }

  private static Story failed(Story story, Failure failure) {
    if (failure.code().equals(ErrorCode.TARGET_STATE_LOST.name())
        && story.kind() == Story.Kind.ROLLOUT
        && story.state() instanceof State.Step step
        && !(step instanceof State.FindingProgress)) {
      return story.to(new State.FindingProgress(failure, step));
    }
    return switch (story.state()) {
      // It may name a rollout of somebody else's: that is not ended by it.
      case State.Opening _, State.OpeningContract _
          when failure.code().equals(ErrorCode.DECISION_FORGED.name()) ->
          story.to(new State.Ended(End.failed(failure), Optional.empty()));
      case State.Opening _, State.OpeningContract _ ->
          story.to(new State.Closing(End.failed(failure)));
      // Only the target, not the failure, shows whether it has committed.
      case State.Crossing(var clearance) ->
          story.to(new State.FindingSide(clearance, Optional.of(failure)));
      // The database that the name leads to now says nothing about this rollout.
      case State.RolloutStep again
          when failure.code().equals(ErrorCode.TARGET_NOT_THE_SAME.name()) ->
          story.to(new State.Held(failure, again));
      case State.Removing _ when failure.code().equals(ErrorCode.ABORT_IMPOSSIBLE.name()) ->
          crossedAfterAll(story);
      case State.GoingBack _ when failure.code().equals(ErrorCode.ROLLBACK_IMPOSSIBLE.name()) ->
          story
              .with(
                  story
                      .course()
                      .on(Side.LEGACY)
                      .nextRound(failure.cause())
                      .asks(Reasons.rolledBack(failure.cause())))
              .to(new State.Held(Reasons.notCrossedAfterAll(failure), new State.Verifying()));
      case State.Closing(var end) when ends(story, end) ->
          story.to(new State.Ended(end.withoutReport(failure), Optional.empty()));
      case State.Reporting(var end) ->
          story.to(new State.Ended(end.withoutReport(failure), Optional.empty()));
      case State.Closing _ -> story.to(new State.Held(failure, story.state()));
      // One command mends it, and nothing has to be begun anew.
      case State.Step again when failure.code().equals(ErrorCode.LEDGER_BEHIND.name()) ->
          story.to(new State.Held(failure, again));
      case State.FindingInstalled(_, _, var otherwise) -> story.to(new State.Closing(otherwise));
      case State.Removing again when story.course().side() == Side.UNTOUCHED ->
          story.to(new State.FindingInstalled(failure, again, End.aborted("aborted")));
      case State.Step again when story.course().side() == Side.UNTOUCHED ->
          story.to(new State.FindingInstalled(failure, again, End.failed(failure)));
      default -> story.to(new State.Held(failure, story.state()));
    };
  }

  /** Nothing was opened or installed: there is nothing to hold it for. */
  private static boolean ends(Story story, End end) {
    return end.failure().isPresent()
        || story.course().side() == Side.UNTOUCHED && story.known().plan().isEmpty();
  }

  static Story crossedAfterAll(Story story) {
    boolean cancelled = story.course().leaving() == Leaving.CANCELLED;
    Story behind = story.with(story.course().crossed().leaves(Leaving.NO));
    return cancelled
        ? behind
            .with(behind.course().leaves(Leaving.CANCELLED))
            .to(new State.Closing(End.aborted(Aborting.BEHIND)))
        : behind.to(new State.Held(Reasons.crossedAfterAll(), new State.FindingFingerprint()));
  }
}
