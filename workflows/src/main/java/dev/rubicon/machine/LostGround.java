package dev.rubicon.machine;

import dev.rubicon.machine.Course.Leaving;
import dev.rubicon.rollout.Found;
import dev.rubicon.rollout.Ground;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.Stage;
import dev.rubicon.workflow.RolloutStatus.Failure;
import java.util.List;
import java.util.Optional;

/**
 * The target is behind what is known: a standby that lagged was promoted, or a backup was restored.
 * The rollout is held with what was lost, and {@code resume} does that again; a crossing only
 * behind a new approval.
 */
final class LostGround {
  private LostGround() {}

  /** Somebody looked before a decision. */
  static Story seen(Story story, Ground ground) {
    return story.known().ground().lostBy(ground) ? lost(story, ground) : story;
  }

  /** An activity had seen that something was lost; this is what stands there now. */
  static Story found(Story story, Ground ground, Failure why, State.Step again) {
    if (story.known().ground().lostBy(ground)) {
      return lost(story, ground);
    }
    // It came back, or two servers answer to one name: nobody goes on without a human.
    return story.course().leaving() == Leaving.CANCELLED
        ? story.to(again)
        : story.to(new State.Held(why, again));
  }

  static Story lost(Story story, Ground ground) {
    Ground known = story.known().ground();
    boolean cancelled = story.course().leaving() == Leaving.CANCELLED;
    Story now = story.on(ground);
    if (ground.found() == Found.CROSSED) {
      return behind(now, known, cancelled);
    }
    boolean crossing = known.found() == Found.CROSSED;
    Failure why = crossing ? Reasons.crossingLost(ground) : Reasons.stepsLost(known, ground);
    Side side = ground.found() == Found.NOTHING ? Side.UNTOUCHED : Side.LEGACY;
    Story turned =
        now.with(now.course().on(side).nextRound(why.cause()).asks(why).leaves(Leaving.NO));
    State again = again(turned, ground);
    State held = new State.Held(why, crossing ? new State.SwitchingBack(again) : again);
    return cancelled
        ? Departures.leave(
            turned.with(turned.course().leaves(Leaving.CANCELLED)).to(held), "cancelled")
        : turned.to(new State.Recording(new State.Entry.ApprovalVoid(why.cause()), held));
  }

  /** Canonical is the authority there: a way back was lost, and perhaps the crossing after it. */
  private static Story behind(Story story, Ground known, boolean cancelled) {
    Story behind = story.with(story.course().on(Side.CANONICAL).leaves(Leaving.NO));
    return cancelled
        ? behind
            .with(behind.course().leaves(Leaving.CANCELLED))
            .to(new State.Closing(End.aborted(Departures.BEHIND)))
        : behind.to(
            known.found() == Found.CROSSED
                ? new State.Held(Reasons.bothLost(), new State.FindingFingerprint())
                : new State.Held(
                    Reasons.wayBackLost(), new State.GoingBack(List.of(), Optional.empty())));
  }

  /** The first step whose work the target does not have any more. */
  private static State again(Story story, Ground ground) {
    Stage stage = ground.stage().orElse(Stage.EXPANDING);
    if (stage == Stage.EXPANDING) {
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
