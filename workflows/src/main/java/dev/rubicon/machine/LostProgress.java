package dev.rubicon.machine;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.machine.state.Clearance;
import dev.rubicon.machine.state.Course.Leaving;
import dev.rubicon.machine.state.End;
import dev.rubicon.machine.state.Side;
import dev.rubicon.machine.state.State;
import dev.rubicon.machine.state.Story;
import dev.rubicon.message.RolloutStatus.Failure;
import dev.rubicon.rollout.Found;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.TargetProgress;
import dev.rubicon.rollout.TargetStage;
import java.util.List;
import java.util.Optional;

/**
 * The target is behind what is known: a standby that lagged was promoted, or a backup was restored.
 * The rollout is held with what was lost, and {@code resume} does that again; a crossing only
 * behind a new approval.
 */
final class LostProgress {
  private LostProgress() {}

  /** The target was read before a decision. */
  static Story seen(Story story, TargetProgress progress) {
    if (story.known().progress().lostBy(progress)) {
      return lost(story, progress);
    }
    // It was thought lost, and is there after all: another server answers to the name now.
    boolean back =
        progress.found() == Found.CROSSED
            && story.course().side() != Side.CANONICAL
            && story.state() instanceof State.Held(Failure why, _)
            && why.code().equals(ErrorCode.TARGET_STATE_LOST.name());
    return back ? FailureHandling.crossedAfterAll(story.on(progress)) : story;
  }

  /** An activity had seen that something was lost; this is what stands there now. */
  static Story found(Story story, TargetProgress progress, Failure why, State.Step again) {
    if (story.known().progress().lostBy(progress)) {
      return lost(story, progress);
    }
    // It came back, or two servers answer to one name: it does not go on without a human.
    State held =
        new State.Held(
            why,
            again instanceof State.Crossing(Clearance clearance)
                ? new State.FindingSide(clearance, Optional.of(why))
                : again);
    boolean leaves =
        story.course().leaving() == Leaving.CANCELLED
            && !(again instanceof State.Removing
                || again instanceof State.GoingBack
                || again instanceof State.Crossing
                || again instanceof State.ReadingCrossing);
    return leaves ? Aborting.leave(story.to(held), "cancelled") : story.to(held);
  }

  static Story lost(Story story, TargetProgress progress) {
    TargetProgress known = story.known().progress();
    boolean cancelled = story.course().leaving() == Leaving.CANCELLED;
    Story now = story.on(progress);
    if (progress.found() == Found.CROSSED) {
      return behind(now, known, cancelled);
    }
    boolean crossing = known.found() == Found.CROSSED;
    // The new build may be out: what stands there now is not what it works on.
    boolean switches = crossing || owesSwitch(story.state());
    Failure why = crossing ? Reasons.crossingLost(progress) : Reasons.stepsLost(known, progress);
    Side side = progress.found() == Found.NOTHING ? Side.UNTOUCHED : Side.LEGACY;
    Story turned =
        now.with(now.course().on(side).nextRound(why.cause()).asks(why).leaves(Leaving.NO));
    State again = again(turned, progress);
    State held = new State.Held(why, switches ? new State.SwitchingBack(again) : again);
    return cancelled
        ? Aborting.leave(
            turned.with(turned.course().leaves(Leaving.CANCELLED)).to(held), "cancelled")
        : turned.to(new State.Recording(new State.Entry.ApprovalVoid(why.cause()), held));
  }

  /** Whether the old build is still to be switched to, because a crossing was lost or undone. */
  static boolean owesSwitch(State state) {
    return switch (state) {
      case State.SwitchingBack _ -> true;
      case State.Recording(_, State then) -> owesSwitch(then);
      case State.FindingProgress(_, State.Step again) -> owesSwitch(again);
      case State.Held(Failure why, State again) ->
          why.code().equals(ErrorCode.TARGET_STATE_LOST.name()) && owesSwitch(again);
      default -> false;
    };
  }

  /** Canonical is the authority there: a way back was lost, and perhaps the crossing after it. */
  private static Story behind(Story story, TargetProgress known, boolean cancelled) {
    Story behind = story.with(story.course().on(Side.CANONICAL).leaves(Leaving.NO));
    return cancelled
        ? behind
            .with(behind.course().leaves(Leaving.CANCELLED))
            .to(new State.Closing(End.aborted(Aborting.BEHIND)))
        : behind.to(
            known.found() == Found.CROSSED
                ? new State.Held(Reasons.bothLost(), new State.FindingFingerprint())
                : new State.Held(
                    Reasons.wayBackLost(), new State.GoingBack(List.of(), Optional.empty())));
  }

  /** The first step whose work the target does not have any more. */
  private static State again(Story story, TargetProgress progress) {
    TargetStage stage = progress.stage().orElse(TargetStage.EXPANDING);
    if (stage == TargetStage.EXPANDING) {
      return new State.Preflighting();
    }
    boolean dualWrite = story.has(Phase.DUAL_WRITE);
    return switch (stage) {
      case EXPANDED -> dualWrite ? new State.InstallingDualWrite() : new State.Verifying();
      case DUAL_WRITING -> new State.Backfilling();
      default -> new State.Verifying();
    };
  }
}
