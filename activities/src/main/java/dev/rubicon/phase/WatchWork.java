package dev.rubicon.phase;

import dev.rubicon.activity.WatchPhases;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.rollout.Worked;
import dev.rubicon.watch.WatchPosition;
import java.time.Instant;
import java.util.Optional;

/** What watches. */
final class WatchWork implements WatchPhases {
  private final PhaseServices services;

  WatchWork(PhaseServices services) {
    this.services = services;
  }

  @Override
  public Worked<Facts.Watch> watch(PhaseInput input, Instant until) {
    return services.runner.phase(
        input, context -> services.watch.run(context, until, position(input)));
  }

  /** Where an earlier attempt of this round's watch stood. */
  private Optional<WatchPosition> position(PhaseInput input) {
    return services.ledger.evidenceOf(input, WatchPosition.EVIDENCE);
  }
}
