package dev.rubicon.phase;

import dev.rubicon.activity.DataPhases;
import dev.rubicon.backfill.Backfill;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.rollout.Worked;
import dev.rubicon.verify.Verify;
import dev.rubicon.watch.WatchPosition;
import java.time.Instant;
import java.util.Optional;

/** Phases that read or move data. */
final class DataWork implements DataPhases {
  private final PhaseServices services;

  DataWork(PhaseServices services) {
    this.services = services;
  }

  @Override
  public Worked<Facts.Preflight> preflight(PhaseInput input) {
    return services.runner.phase(input, services.preflight::run);
  }

  @Override
  public Worked<Facts.Backup> backup(PhaseInput input) {
    return services.runner.phase(input, services.backup::run);
  }

  @Override
  public Worked<Facts.Clone> restoreClone(PhaseInput input, Facts.Backup backup) {
    return services.runner.phase(input, context -> services.clone.run(context, backup));
  }

  @Override
  public Worked<Facts.Rehearsal> rehearse(
      PhaseInput input, Facts.Backup backup, Facts.Clone clone) {
    return services.runner.phase(input, context -> services.rehearse.run(context, clone));
  }

  @Override
  public Worked<Facts.Backfill> backfill(PhaseInput input) {
    return services.runner.phase(input, new Backfill()::run);
  }

  @Override
  public Worked<Facts.Verify> verify(PhaseInput input) {
    return services.runner.phase(input, new Verify()::run);
  }

  @Override
  public Worked<Facts.Smoke> smoke(PhaseInput input) {
    return services.runner.phase(input, services.smoke::run);
  }

  @Override
  public Worked<Facts.Watch> watch(PhaseInput input, Instant until) {
    return services.runner.phase(
        input, context -> services.watch.run(context, until, position(input)));
  }

  /** Where an earlier attempt of this round's watch stood. */
  private Optional<WatchPosition> position(PhaseInput input) {
    return services
        .ledger
        .evidenceOf(input.rollout(), Phase.WATCH, "watch")
        .filter(entry -> entry.round() == input.round())
        .map(entry -> entry.as(WatchPosition.class));
  }
}
