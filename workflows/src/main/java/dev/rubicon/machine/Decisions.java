package dev.rubicon.machine;

import dev.rubicon.machine.state.Clearance;
import dev.rubicon.machine.state.Question;
import dev.rubicon.machine.state.State;
import dev.rubicon.machine.state.Story;
import dev.rubicon.message.Decision;
import java.time.Instant;
import java.util.Optional;

/** What a decision that was judged possible ({@link DecisionPolicy}) makes of the story. */
final class Decisions {
  private Decisions() {}

  static Story carryOut(Story story, Decision decision, Instant now) {
    return switch (decision) {
      case Decision.Approve approval -> approved(story, approval.by().run(), now);
      case Decision.SignOff signOff -> story.with(story.controls().signOff(signOff.item()));
      case Decision.Pause _ -> paused(story);
      case Decision.Resume _ -> resumed(story);
      case Decision.Throttle throttle ->
          story.with(story.controls().limit(throttle.rowsPerSecond()));
      case Decision.Abort _ -> Aborting.abort(story);
      case Decision.Rollback rollback ->
          story.to(new State.GoingBack(rollback.losing(), Optional.empty()));
      case Decision.ExtendWatch extension ->
          story.with(story.controls().extend(extension.extension()));
    };
  }

  private static Story approved(Story story, String run, Instant now) {
    if (!(story.state() instanceof State.AtGate(Question question))) {
      return story;
    }
    Story answered = story.with(story.course().answered());
    return answered.to(
        switch (question) {
          case Question.ToExpand approved -> new State.CheckingTarget(approved);
          case Question.ToCross(var fingerprint, _, _) ->
              new State.Confirming(Crossings.cleared(story, run, fingerprint, now));
          case Question.ToContract approved -> new State.CheckingContract(approved);
        });
  }

  /** A cutover that waits for its lock is cancelled: no crossing while paused. */
  private static Story paused(Story story) {
    Story paused = story.with(story.controls().pause(true));
    return story.state() instanceof State.Crossing(Clearance clearance)
        ? paused.to(new State.StoppingCrossing(clearance))
        : paused;
  }

  private static Story resumed(Story story) {
    Story going = story.with(story.controls().pause(false));
    return switch (story.state()) {
      case State.Held(_, State again) -> going.to(again);
      case State.AskedToCross _ -> going.with(going.course().answered()).to(new State.Verifying());
      default -> going;
    };
  }
}
