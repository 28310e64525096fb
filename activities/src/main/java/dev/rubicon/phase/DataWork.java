package dev.rubicon.phase;

import dev.rubicon.activity.DataPhases;
import dev.rubicon.backfill.Backfill;
import dev.rubicon.ceremony.Ceremonies;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.grade.Ceremony;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.rollout.Worked;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.signing.ApprovedGate;
import dev.rubicon.verify.Verify;

/** Phases that read or move data. */
final class DataWork implements DataPhases {
  private final PhaseServices services;
  private final ApprovedGate approved;

  DataWork(PhaseServices services) {
    this.services = services;
    this.approved = services.approvedGate();
  }

  @Override
  public Worked<Facts.Preflight> preflight(PhaseInput input) {
    return services.runner.phase(
        input,
        context -> {
          Facts.Preflight facts = services.preflight.run(context);
          Ceremony ceremony = services.ceremonies.found(input.rollout(), context.bundle(), facts);
          context.evidence().record(EvidenceNames.CEREMONY, ceremony);
          return Ceremonies.with(facts, ceremony);
        });
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
    services.runner.entered(input, () -> approved.requireOnce(input, Runbook.Gate.EXPAND));
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
}
