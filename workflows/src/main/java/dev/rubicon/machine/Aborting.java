package dev.rubicon.machine;

import dev.rubicon.machine.state.Clearance;
import dev.rubicon.machine.state.Course.Leaving;
import dev.rubicon.machine.state.End;
import dev.rubicon.machine.state.Side;
import dev.rubicon.machine.state.State;
import dev.rubicon.machine.state.Story;

/** How an execution ends early: by an abort, or by Temporal's Cancel. */
final class Aborting {
  static final String BEHIND = "cancelled after the cutover; canonical is the authority";

  private Aborting() {}

  /**
   * Cancel is an abort before the crossing, and the end of the watch behind it. What is under way
   * on the target ends first.
   */
  static Story cancel(Story story) {
    Story leaving = story.with(story.course().leaves(Leaving.CANCELLED));
    return switch (story.state()) {
      case State.Ended _, State.Closing _, State.Reporting _ -> story;
      case State.Removing _,
          State.StoppingCrossing _,
          State.FindingSide _,
          State.FindingInstalled _,
          State.FindingProgress _,
          State.ReadingCrossing _,
          State.GoingBack _ ->
          leaving;
      case State.Crossing(Clearance clearance) -> leaving.to(new State.StoppingCrossing(clearance));
      case State.Held(_, State again) ->
          switch (again) {
            case State.Removing _,
                State.FindingSide _,
                State.FindingProgress _,
                State.ReadingCrossing _,
                State.GoingBack _,
                State.Closing _ ->
                leaving.to(again);
            default -> leave(leaving, "cancelled");
          };
      default -> leave(leaving, "cancelled");
    };
  }

  /** An abort that was judged possible. */
  static Story abort(Story story) {
    Story leaving = story.with(story.course().leaves(Leaving.ORDERED));
    return story.state() instanceof State.Held(_, State.Closing again)
        ? leaving.to(again)
        : leave(leaving, "aborted");
  }

  static Story leave(Story story, String how) {
    if (story.course().side() != Side.CANONICAL && LostProgress.owesSwitch(story.state())) {
      // What is removed must not be what the new build works on.
      return story.to(new State.SwitchingBack(new State.Removing()));
    }
    return story.to(
        switch (story.kind()) {
          case CONTRACT -> new State.Closing(End.aborted(how + "; the target stays as it is"));
          case ROLLOUT ->
              switch (story.course().side()) {
                // Also where nothing is known to be installed: a Reset may have forgotten it.
                case UNTOUCHED, LEGACY ->
                    story.known().plan().isPresent()
                        ? new State.Removing()
                        : new State.Closing(End.aborted("aborted"));
                case CANONICAL -> new State.Closing(End.aborted(BEHIND));
              };
        });
  }
}
