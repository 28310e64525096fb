package dev.rubicon.phase;

import dev.rubicon.abort.Abort;
import dev.rubicon.activity.DdlPhases;
import dev.rubicon.contract.Contract;
import dev.rubicon.cutover.Cutover;
import dev.rubicon.dualwrite.DualWrite;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.expand.Expand;
import dev.rubicon.installed.TargetState;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.rollback.Rollback;
import dev.rubicon.rollout.CrossingTerms;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.rollout.ReturnTerms;
import dev.rubicon.rollout.Worked;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.signing.ApprovedGate;
import io.temporal.activity.Activity;

/** Phases that change the schema. */
final class DdlWork implements DdlPhases {
  private final PhaseServices services;
  private final ApprovedGate approved;

  DdlWork(PhaseServices services) {
    this.services = services;
    this.approved = services.approvedGate();
  }

  private void require(PhaseInput input, Runbook.Gate gate) {
    services.runner.entered(input, () -> approved.require(input, gate));
  }

  @Override
  public Worked<Facts.Expand> expand(
      PhaseInput input, Facts.Preflight preflight, Facts.Backup backup) {
    require(input, Runbook.Gate.EXPAND);
    return services.runner.phase(
        input,
        context -> {
          Facts.Expand facts = new Expand(services.canonical).run(context);
          try (PgSession session = context.open(SessionLimits.SHORT)) {
            TargetState.backupManifest(session, backup.key());
          }
          return facts;
        });
  }

  @Override
  public Worked<Facts.DualWrite> dualWrite(PhaseInput input) {
    services.runner.entered(input, () -> approved.requireOnce(input, Runbook.Gate.EXPAND));
    return services.runner.phase(input, new DualWrite()::run);
  }

  @Override
  public Worked<Facts.Cutover> cutover(PhaseInput input, CrossingTerms terms) {
    require(input, Runbook.Gate.CUTOVER);
    String run = Activity.getExecutionContext().getInfo().getWorkflowRunId();
    return services.runner.phase(
        input,
        context ->
            new Cutover(
                    run,
                    () ->
                        services.ledger.evidenceOf(
                            input.rollout(),
                            Phase.REHEARSE,
                            EvidenceNames.CHANGES.onClone(Phase.CUTOVER, 2)))
                .run(context, terms));
  }

  @Override
  public Worked<Facts.Rollback> rollback(PhaseInput input, ReturnTerms terms) {
    services.runner.requireLoss(input, terms.losing());
    return services.runner.phase(input, context -> new Rollback().run(context, terms));
  }

  @Override
  public Worked<Facts.Abort> abort(PhaseInput input) {
    return services.runner.phase(input, new Abort()::run);
  }

  @Override
  public Worked<Facts.Contract> contract(PhaseInput input) {
    require(input, Runbook.Gate.CONTRACT);
    return services.runner.phase(
        input,
        context -> {
          Facts.Contract facts = new Contract().run(context);
          services.clone.dropAfterContract(context);
          return facts;
        });
  }
}
