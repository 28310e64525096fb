package dev.rubicon.machine;

import dev.rubicon.machine.state.Clearance;
import dev.rubicon.machine.state.End;
import dev.rubicon.machine.state.Event;
import dev.rubicon.machine.state.State;
import dev.rubicon.machine.state.Story;
import dev.rubicon.machine.state.Window;
import java.time.Instant;
import java.util.Optional;

/**
 * The rollout's machine: what an event makes of a story, and what is to be done then. Pure: the
 * same story, event and moment always give the same answer, so that a replay does, and so that its
 * rules can be tested by random stories.
 *
 * <p>The rules that always hold are docs/workflow.md's; {@code MachineRulesTest} asserts each after
 * every step.
 */
public final class Machine {
  private Machine() {}

  /** The story after the event. An outcome that comes late, of a step that was left, is nothing. */
  public static Story on(Story story, Event event, Instant now) {
    return settled(
        switch (event) {
          case Event.Decided(var decision) -> Decisions.carryOut(story, decision, now);
          case Event.TargetMoved _ -> NextRound.targetMoved(story);
          case Event.TargetProgressSeen(var progress) -> LostProgress.seen(story, progress);
          case Event.CancelRequested _ -> Aborting.cancel(story);
          case Event.TimePassed _ -> story;
          case Event.Outcome outcome -> Outcomes.of(story, outcome, now);
        },
        now);
  }

  /** What time alone decides. */
  private static Story settled(Story story, Instant now) {
    return switch (story.state()) {
      case State.Confirming(Clearance clearance) when clearance.expired(now) ->
          NextRound.callOff(story, Reasons.windowClosed());
      case State.AwaitingWatch _ when Obstacle.of(story, now).isEmpty() ->
          story.to(new State.Watching(now));
      default -> story;
    };
  }

  /** What to do in the story's state, while no step runs. */
  public static Todo todo(Story story, Instant now) {
    return switch (story.state()) {
      case State.Ended(End end, Optional<String> report) -> new Todo.Finish(end, report);
      case State.Step step ->
          Obstacle.of(story, now)
              .<Todo>map(obstacle -> new Todo.Await(until(step, obstacle)))
              .orElseGet(() -> new Todo.Perform(step));
      // Cancelled before it had begun.
      case State.StoppingCrossing(Clearance clearance) ->
          new Todo.Conclude(new Event.Stopped(new State.Crossing(clearance)));
      case State.AtGate _, State.AskedToCross _, State.AwaitingWatch _, State.Held _ ->
          new Todo.Await(Optional.empty());
    };
  }

  private static Optional<Instant> until(State.Step step, Obstacle obstacle) {
    return switch (obstacle) {
      case Obstacle.WindowClosed(Instant opens) -> Optional.of(opens);
      case Obstacle.Paused _, Obstacle.SignOffsDue _ ->
          step instanceof State.Confirming(Clearance clearance)
              ? clearance.window().map(Window::to)
              : Optional.empty();
    };
  }

  /** Whether the step that runs is to be stopped, because the story has gone elsewhere. */
  public static boolean interrupts(State.Step running, Story now) {
    return !now.state().equals(running);
  }
}
