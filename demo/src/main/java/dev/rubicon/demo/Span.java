package dev.rubicon.demo;

import dev.rubicon.message.RolloutStatus;
import dev.rubicon.rollout.Phase;
import java.time.Instant;

/** From when to when a phase ran. */
record Span(Instant from, Instant to) {

  /** The last finished run of the phase. */
  static Span last(RolloutStatus status, Phase phase) {
    return status.phases().reversed().stream()
        .filter(run -> run.phase() == phase && run.ended().isPresent())
        .findFirst()
        .map(run -> new Span(run.started(), run.ended().get()))
        .orElseThrow(() -> DemoFailure.because(phase.word() + " did not run", "run it again"));
  }
}
