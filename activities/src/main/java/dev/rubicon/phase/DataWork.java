package dev.rubicon.phase;

import dev.rubicon.activity.DataPhases;
import dev.rubicon.backfill.Backfill;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.verify.Verify;

/** Phases that read or move data. */
final class DataWork implements DataPhases {
  private final PhaseServices services;

  DataWork(PhaseServices services) {
    this.services = services;
  }

  @Override
  public Facts.Preflight preflight(PhaseInput input) {
    return services.runner.phase(
        input, services.preflight::run, facts -> "findings " + facts.findings());
  }

  @Override
  public Facts.Backup backup(PhaseInput input) {
    return services.runner.phase(
        input,
        services.backup::run,
        facts -> facts.bytes() + " bytes, " + facts.rows().size() + " relations");
  }

  @Override
  public Facts.Clone restoreClone(PhaseInput input, Facts.Backup backup) {
    return services.runner.phase(
        input,
        context -> services.clone.run(context, backup),
        facts -> facts.relations() + " relations equal to the backup's snapshot");
  }

  @Override
  public Facts.Rehearsal rehearse(PhaseInput input, Facts.Backup backup, Facts.Clone clone) {
    return services.runner.phase(
        input,
        context -> services.rehearse.run(context, clone),
        facts -> "predicted seconds " + facts.predicted());
  }

  @Override
  public Facts.Backfill backfill(PhaseInput input) {
    return services.runner.phase(input, new Backfill()::run, facts -> "rows " + facts.rows());
  }

  @Override
  public Facts.Verify verify(PhaseInput input) {
    return services.runner.phase(
        input, new Verify()::run, facts -> facts.mismatches() + " mismatches in " + facts.rows());
  }

  @Override
  public Facts.Smoke smoke(PhaseInput input) {
    return services.runner.phase(
        input,
        services.smoke::run,
        facts -> facts.passed().size() + " passed, failed " + facts.failed());
  }
}
