package dev.rubicon.machine;

import dev.rubicon.machine.state.Clearance;
import dev.rubicon.machine.state.Course.Leaving;
import dev.rubicon.machine.state.End;
import dev.rubicon.machine.state.State;
import dev.rubicon.machine.state.Story;
import dev.rubicon.machine.state.Window;
import dev.rubicon.message.RolloutStatus.Failure;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Found;
import dev.rubicon.rollout.TargetProgress;
import dev.rubicon.rollout.TargetStage;
import java.time.Instant;
import java.util.Optional;

/** From leave to cross to the far side. */
final class Crossings {
  private Crossings() {}

  /** Leave to cross in the window that is open now, or else in the next. */
  static Clearance cleared(Story story, String run, String fingerprint, Instant now) {
    return new Clearance(run, fingerprint, story.plan().window().map(w -> Window.at(w, now)));
  }

  /**
   * Both sides agree, right before the crossing: it begins if all that it needs holds now.
   *
   * @param fingerprint of the target as the verification saw it
   */
  static Story confirmed(Story story, Clearance clearance, String fingerprint, Instant now) {
    if (clearance.expired(now) || Obstacle.of(story, now).isPresent()) {
      // Called off, or verified once more when nothing stands in the way any longer.
      return story;
    }
    return clearance.fingerprint().equals(fingerprint)
        ? story.to(new State.Crossing(clearance))
        : NextRound.callOff(story, Reasons.targetChanged());
  }

  /** The cutover has answered: it has committed. */
  static Story crossed(Story before, Facts.Cutover facts) {
    Story story =
        switch (before.state()) {
          case State.Crossing _, State.StoppingCrossing _, State.ReadingCrossing _ ->
              before.on(new TargetProgress(Optional.of(TargetStage.CUT_OVER), facts.turns()));
          default -> before;
        };
    return switch (story.state()) {
      case State.Crossing _, State.StoppingCrossing _ ->
          behind(story.with(story.course().crossed()), facts);
      // Counted when the target was found to have crossed.
      case State.ReadingCrossing _ -> behind(story, facts);
      default -> story;
    };
  }

  private static Story behind(Story story, Facts.Cutover facts) {
    return story.to(
        story.course().leaving() == Leaving.CANCELLED
            ? new State.Closing(End.aborted(Aborting.BEHIND))
            : new State.Deploying(
                Optional.of(facts.change()).filter(c -> !c.isEmpty()), facts.otherwise()));
  }

  /**
   * The target was read for the side on which it stands, because the cutover returned nothing.
   *
   * @param why what went wrong with the cutover; empty where it was cancelled
   */
  static Story sideFound(
      Story story, Clearance clearance, Optional<Failure> why, TargetProgress progress) {
    if (story.known().progress().lostBy(progress)) {
      return LostProgress.lost(story, progress);
    }
    boolean cancelled = story.course().leaving() == Leaving.CANCELLED;
    if (progress.found() == Found.CROSSED) {
      return story
          .on(progress)
          .with(story.course().crossed())
          .to(new State.ReadingCrossing(clearance));
    }
    if (cancelled) {
      return story.to(new State.Removing());
    }
    if (why.isEmpty()) {
      return story.to(new State.Confirming(clearance));
    }
    return FailureHandling.callsOff(why.get())
        ? NextRound.callOff(story, why.get())
        : story.to(new State.Held(why.get(), new State.Confirming(clearance)));
  }
}
