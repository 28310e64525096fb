package dev.rubicon.phase;

import dev.rubicon.activity.ControlActivities;
import dev.rubicon.bundle.Bundle;
import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.contract.Contract;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.installed.TargetCheck;
import dev.rubicon.installed.TargetState;
import dev.rubicon.ledger.audit.AuditTrail;
import dev.rubicon.ledger.audit.NewAuditEntry;
import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.machine.state.Plan;
import dev.rubicon.message.Decision;
import dev.rubicon.message.Identity;
import dev.rubicon.message.Proof;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.preflight.finding.ClientNotes;
import dev.rubicon.rollout.AuditHead;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Found;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.rollout.TargetIdentity;
import dev.rubicon.rollout.TargetProgress;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.signing.Authored;
import io.temporal.activity.Activity;
import java.util.List;

/** The control activities: decide, record, notify. */
final class ControlWork implements ControlActivities {
  private final PhaseServices services;
  private final StatusRecorder statuses;
  private final DeployHooks hooks;

  ControlWork(PhaseServices services) {
    this.services = services;
    this.statuses = new StatusRecorder(services);
    this.hooks = new DeployHooks(services, this::session);
  }

  @Override
  public Opening open(RolloutRequest request, String workflowId, String runId, String firstRun) {
    return PhaseRunner.coded(
        () -> {
          Identity requester = services.requester(request, workflowId, runId, firstRun);
          Bundle bundle = services.runner.bundle(request.bundle());
          services.ledger.launch(
              LedgerRollout.Launch.of(request, bundle.runbook().title(), workflowId, runId));
          var plan =
              Plan.of(bundle.runbook(), services.config.heartbeatTimeout())
                  .under(services.ceremonies.unknown(bundle.runbook()));
          var input =
              new PhaseInput(
                  request.rollout(),
                  request.target(),
                  request.bundle(),
                  request.requestedBy(),
                  Phase.PREFLIGHT,
                  1);
          try (PgSession session = session(input)) {
            TargetIdentity identity = TargetCheck.identity(session);
            services.ledger.evidence(input).record(EvidenceNames.IDENTITY, identity);
            TargetProgress progress = TargetCheck.progress(session, request.bundle());
            return new Opening(
                plan,
                progress,
                identity,
                progress.found() == Found.CROSSED
                    ? ClientNotes.ofCrossed(session, bundle.runbook())
                    : List.of(),
                requester);
          }
        });
  }

  @Override
  public Identity identify(PhaseInput input, String text, Proof proof) {
    return services.keys.identify(text, proof);
  }

  @Override
  public TargetProgress side(PhaseInput input) {
    return PhaseRunner.coded(
        () -> {
          try (PgSession session = session(input)) {
            TargetCheck.requireSame(session, input);
            return TargetCheck.progress(session, input.bundle());
          }
        });
  }

  @Override
  public ContractOpening openContract(
      RolloutRequest request, String workflowId, String runId, String firstRun) {
    return PhaseRunner.coded(
        () -> {
          Identity requester = services.requester(request, workflowId, runId, firstRun);
          Bundle bundle = services.runner.bundle(request.bundle());
          services.ledger.statuses().contractStarted(request, workflowId, runId);
          return new ContractOpening(
              Plan.of(bundle.runbook(), services.config.heartbeatTimeout())
                  .under(services.ceremonies.ofContract(bundle.runbook())),
              services.ledger.evidenceOf(
                  request.rollout(), Phase.PREFLIGHT, EvidenceNames.IDENTITY),
              requester);
        });
  }

  @Override
  public Facts.Dossier dossier(
      PhaseInput input,
      Facts.Preflight preflight,
      Facts.Backup backup,
      Facts.Rehearsal rehearsal,
      List<String> cannotPromise) {
    return PhaseRunner.coded(
        () -> {
          var dossier =
              Dossiers.bind(
                  services.ledger,
                  services.config.target(input.target()),
                  input,
                  preflight,
                  backup,
                  rehearsal,
                  cannotPromise);
          services.ledger.evidence(input).record(Dossiers.EVIDENCE, dossier);
          return new Facts.Dossier(dossier.digest(), preflight.fingerprint(), cannotPromise);
        });
  }

  @Override
  public boolean unchanged(PhaseInput input, String fingerprint) {
    return PhaseRunner.coded(
        () -> {
          try (PgSession session = session(input)) {
            TargetCheck.require(session, input);
            if (read(session, input).equals(fingerprint)) {
              return true;
            }
            // A relaunch finds what its predecessor installed beside the planned shape.
            return TargetState.find(session)
                .filter(state -> state.bundle().equals(input.bundle()))
                .filter(state -> state.baselineFingerprint().equals(fingerprint))
                .isPresent();
          }
        });
  }

  @Override
  public String fingerprint(PhaseInput input) {
    return PhaseRunner.coded(
        () -> {
          try (PgSession session = session(input)) {
            TargetCheck.require(session, input);
            if (input.phase() == Phase.CONTRACT) {
              // Before its gate asks: contract would stop at them.
              Contract.refuseOthers(session, services.runner.bundle(input.bundle()).runbook());
            }
            return read(session, input);
          }
        });
  }

  private String read(PgSession session, PhaseInput input) {
    Runbook runbook = services.runner.bundle(input.bundle()).runbook();
    return CatalogReader.read(session, runbook.schemas()).fingerprint();
  }

  private PgSession session(PhaseInput input) {
    return PgSession.open(
        services.config.target(input.target()),
        SessionTag.ofControl(input.rollout(), input.phase()),
        SessionLimits.SHORT);
  }

  @Override
  public AuditHead anchor(PhaseInput input, String gate, String digest, AuditHead seen) {
    return PhaseRunner.coded(
        () -> {
          Anchors.complete(services.ledger, services.store, input.rollout());
          AuditHead head = entered(input, NewAuditEntry.gate(key(), input, gate, digest), seen);
          var anchor = new AuditTrail.Anchor(input.rollout(), gate, head.sequence(), head.hash());
          services.store.put(anchor.key(), anchor.json(), "application/json");
          return head;
        });
  }

  @Override
  public void stand(PhaseInput input, RolloutStatus status) {
    services.runner.asked(input, () -> statuses.stands(input, status));
  }

  @Override
  public AuditHead recordApproval(PhaseInput input, Decision.Approve approval, AuditHead seen) {
    return decided(input, approval, NewAuditEntry.approval(key(), input, approval), seen);
  }

  @Override
  public AuditHead recordRefusal(
      PhaseInput input,
      String action,
      String digest,
      Decision.By by,
      RolloutStatus.Failure refusal,
      AuditHead seen,
      String text) {
    services.runner.requireRefused(services.keys, input, action, by, text);
    var refused = NewAuditEntry.refusal(key(), input, action, digest, by, refusal);
    return entered(input, refused.signed(text, by.proof()), seen);
  }

  @Override
  public AuditHead recordSignOff(PhaseInput input, Decision.SignOff signOff, AuditHead seen) {
    return decided(input, signOff, NewAuditEntry.signOff(key(), input, signOff), seen);
  }

  @Override
  public AuditHead recordOrder(
      PhaseInput input, String action, Decision.By by, AuditHead seen, List<String> losing) {
    Authored.order(action, by, losing == null ? List.of() : losing)
        .ifPresent(order -> services.runner.requireAuthored(services.keys, input, order));
    return entered(input, NewAuditEntry.order(key(), input, action, by, losing), seen);
  }

  @Override
  public AuditHead voidApprovals(
      PhaseInput input, List<Runbook.Gate> gates, String reason, AuditHead seen) {
    return entered(input, NewAuditEntry.approvalsVoid(key(), input, gates, reason), seen);
  }

  @Override
  public AuditHead pause(PhaseInput input, Decision.By by, AuditHead seen) {
    return decided(input, new Decision.Pause(by), NewAuditEntry.pause(key(), input, by), seen);
  }

  @Override
  public AuditHead resume(PhaseInput input, Decision.By by, AuditHead seen) {
    return decided(input, new Decision.Resume(by), NewAuditEntry.resume(key(), input, by), seen);
  }

  @Override
  public AuditHead throttle(PhaseInput input, Decision.Throttle throttle, AuditHead seen) {
    return decided(input, throttle, NewAuditEntry.throttle(key(), input, throttle), seen);
  }

  private AuditHead decided(PhaseInput input, Decision of, NewAuditEntry newEntry, AuditHead seen) {
    services.runner.requireAuthored(services.keys, input, of);
    return entered(input, newEntry, seen);
  }

  private AuditHead entered(PhaseInput input, NewAuditEntry newEntry, AuditHead seen) {
    return services.runner.entered(services.ledger, input, newEntry, seen);
  }

  @Override
  public void deploy(PhaseInput input) {
    hooks.call(input, "deploy", Runbook.Cutover::deploy);
  }

  @Override
  public void rollbackDeploy(PhaseInput input) {
    hooks.call(input, "rollback-deploy", Runbook.Cutover::rollbackDeploy);
  }

  @Override
  public void close(
      PhaseInput input,
      RolloutStatus status,
      String outcome,
      int crossings,
      String fingerprint,
      AuditHead seen) {
    services.runner.asked(
        input, () -> statuses.ended(input, status, outcome, crossings, fingerprint, seen));
  }

  @Override
  public void closeContract(
      PhaseInput input, RolloutStatus status, String outcome, AuditHead seen) {
    services.runner.asked(input, () -> statuses.contractEnded(input, status, seen));
  }

  @Override
  public String report(PhaseInput input) {
    return PhaseRunner.coded(() -> Reports.write(services, input));
  }

  /** The same for each attempt of this activity, so that a retry records nothing twice. */
  private static String key() {
    var info = Activity.getExecutionContext().getInfo();
    return info.getWorkflowRunId() + "/" + info.getActivityId();
  }
}
