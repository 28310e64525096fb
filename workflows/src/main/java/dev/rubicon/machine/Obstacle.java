package dev.rubicon.machine;

import dev.rubicon.machine.state.Clearance;
import dev.rubicon.machine.state.State;
import dev.rubicon.machine.state.Story;
import dev.rubicon.rollout.Phase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What keeps a step from starting. The ways back have none. */
public sealed interface Obstacle {

  record Paused() implements Obstacle {}

  /**
   * @param items manual items that block the phase
   */
  record SignOffsDue(List<String> items) implements Obstacle {}

  record WindowClosed(Instant opens) implements Obstacle {}

  /** What stands in the way of the state's step now; the first of several. */
  static Optional<Obstacle> of(Story story, Instant now) {
    return switch (story.state()) {
      case State.GoingBack _, State.Removing _, State.Crossing _, State.ReadingCrossing _ ->
          Optional.empty();
      case State.Confirming(Clearance clearance) ->
          of(story, List.of(Phase.VERIFY, Phase.CUTOVER))
              .or(() -> clearance.opens(now).map(WindowClosed::new));
      case State.CheckingTarget _ -> of(story, List.of(Phase.EXPAND));
      case State.AwaitingWatch _ -> of(story, List.of(Phase.WATCH));
      case State.FindingContractFingerprint _, State.CheckingContract _ ->
          of(story, List.of(Phase.CONTRACT));
      // Checked right before, in CheckingTarget; what follows an interruption is asked again there.
      case State.Expanding _, State.Contracting _ -> Optional.empty();
      case State.PhaseStep step -> of(story, List.of(step.phase()));
      case State.Step _,
          State.AtGate _,
          State.AskedToCross _,
          State.StoppingCrossing _,
          State.Held _,
          State.Ended _ ->
          Optional.empty();
    };
  }

  private static Optional<Obstacle> of(Story story, List<Phase> phases) {
    if (story.controls().paused()) {
      return Optional.of(new Paused());
    }
    var due = new ArrayList<String>();
    phases.forEach(phase -> due.addAll(story.missing(phase)));
    return due.isEmpty() ? Optional.empty() : Optional.of(new SignOffsDue(List.copyOf(due)));
  }
}
