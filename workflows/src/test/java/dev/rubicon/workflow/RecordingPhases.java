package dev.rubicon.workflow;

import dev.rubicon.activity.ControlActivities;
import dev.rubicon.activity.DataPhases;
import dev.rubicon.activity.DdlPhases;
import dev.rubicon.activity.WatchPhases;
import dev.rubicon.machine.state.Plan;
import dev.rubicon.message.Decision;
import dev.rubicon.message.Identity;
import dev.rubicon.message.Proof;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.rollout.AuditHead;
import dev.rubicon.rollout.Blocked;
import dev.rubicon.rollout.CrossingTerms;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.rollout.ReturnTerms;
import dev.rubicon.rollout.TargetIdentity;
import dev.rubicon.rollout.TargetProgress;
import dev.rubicon.rollout.TargetStage;
import dev.rubicon.rollout.Worked;
import dev.rubicon.runbook.ManualItem;
import dev.rubicon.runbook.Runbook;
import io.temporal.activity.Activity;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/** Phases that only write down that they were called: the workflow's decisions are under test. */
final class RecordingPhases implements DataPhases, DdlPhases, WatchPhases, ControlActivities {
  final List<String> calls = new CopyOnWriteArrayList<>();
  final List<AuditHead> heads = new CopyOnWriteArrayList<>();
  final List<String> notes = new CopyOnWriteArrayList<>();
  final List<RolloutStatus> stood = new CopyOnWriteArrayList<>();
  final Map<String, ApplicationFailure> failOnce = new ConcurrentHashMap<>();
  volatile String fingerprint = "fp-legacy";
  volatile List<String> failedSmoke = List.of();
  volatile TargetProgress found = TargetProgress.NOTHING;
  volatile Optional<TargetProgress> lost = Optional.empty();
  volatile CrossingTerms terms = CrossingTerms.NONE;
  volatile boolean blockBackfill;
  volatile Plan plan = plan(Optional.empty(), Runbook.OnSmokeFailure.HOLD, List.of());

  static Plan plan(
      Optional<Runbook.Window> window,
      Runbook.OnSmokeFailure onSmokeFailure,
      List<ManualItem> manual) {
    return new Plan(
        "checks-canonical",
        "title",
        List.copyOf(EnumSet.range(Phase.PREFLIGHT, Phase.WATCH)),
        List.of(Runbook.Gate.values()),
        false,
        manual,
        window,
        onSmokeFailure,
        Duration.ofHours(24),
        Duration.ofSeconds(2),
        List.of());
  }

  static <T extends Facts.OfPhase> Worked<T> worked(T facts) {
    return new Worked<>(facts, "1", "worker:1");
  }

  private void called(String name) {
    calls.add(name);
    ApplicationFailure failure = failOnce.remove(name);
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public Worked<Facts.Preflight> preflight(PhaseInput input) {
    called("preflight");
    return worked(
        new Facts.Preflight(
            "15",
            fingerprint,
            "fp-canonical",
            Map.of("MISSING", 2),
            List.of(),
            List.of("users.id changes its type"),
            Optional.empty()));
  }

  @Override
  public Worked<Facts.Backup> backup(PhaseInput input) {
    called("backup");
    return worked(
        new Facts.Backup(
            "backups/m.json", "s3://b/backups/m.json", "sha", 10, Map.of("public.checks", 5L)));
  }

  @Override
  public Worked<Facts.Clone> restoreClone(PhaseInput input, Facts.Backup backup) {
    called("clone");
    return worked(new Facts.Clone("golden", "backup", 1));
  }

  @Override
  public Worked<Facts.Rehearsal> rehearse(
      PhaseInput input, Facts.Backup backup, Facts.Clone clone) {
    called("rehearse");
    return worked(
        new Facts.Rehearsal(
            true, "r", rehearsed, Map.of("expand", 0.1), List.of("healthz"), Optional.empty()));
  }

  @Override
  public Worked<Facts.Expand> expand(
      PhaseInput input, Facts.Preflight preflight, Facts.Backup backup) {
    called("expand");
    fingerprint = "fp-expanded";
    return worked(new Facts.Expand(List.of("1"), List.of(), List.of()));
  }

  @Override
  public Worked<Facts.DualWrite> dualWrite(PhaseInput input) {
    called("dual-write");
    return worked(new Facts.DualWrite(List.of("public.checks"), 3));
  }

  @Override
  public Worked<Facts.Backfill> backfill(PhaseInput input) {
    called("backfill");
    while (blockBackfill) {
      Activity.getExecutionContext().heartbeat("working");
      LockSupport.parkNanos(5_000_000);
    }
    return worked(new Facts.Backfill(Map.of("public.checks", 5L), Map.of(), List.of()));
  }

  @Override
  public Worked<Facts.Verify> verify(PhaseInput input) {
    called("verify");
    return worked(
        new Facts.Verify(Map.of("public.checks", 5L), 0, List.of(), fingerprint, List.of()));
  }

  @Override
  public Worked<Facts.Cutover> cutover(PhaseInput input, CrossingTerms terms) {
    called("cutover");
    this.terms = terms;
    fingerprint = "fp-crossed";
    return worked(
        new Facts.Cutover(
            fingerprint,
            "change",
            Blocked.NOT,
            List.of("alembic_version=b73c"),
            List.of(),
            1,
            "here",
            otherwise,
            List.of(),
            List.of()));
  }

  @Override
  public Worked<Facts.Smoke> smoke(PhaseInput input) {
    called("smoke");
    return worked(new Facts.Smoke(List.of("healthz"), failedSmoke));
  }

  @Override
  public Worked<Facts.Watch> watch(PhaseInput input, Instant until) {
    called("watch");
    while (Instant.ofEpochMilli(System.currentTimeMillis()).isBefore(until) && watchOn) {
      Activity.getExecutionContext().heartbeat("watching");
      LockSupport.parkNanos(5_000_000);
    }
    return worked(new Facts.Watch(List.of()));
  }

  volatile boolean watchOn = true;
  volatile String rehearsed = "change";
  volatile List<String> otherwise = List.of();

  @Override
  public Worked<Facts.Rollback> rollback(PhaseInput input, ReturnTerms returning) {
    called("rollback");
    fingerprint = "fp-expanded";
    return worked(new Facts.Rollback(fingerprint, Blocked.NOT, List.of(), 2, "here"));
  }

  @Override
  public Worked<Facts.Abort> abort(PhaseInput input) {
    called("abort");
    fingerprint = "fp-legacy";
    return worked(new Facts.Abort(fingerprint, List.of()));
  }

  @Override
  public Worked<Facts.Contract> contract(PhaseInput input) {
    called("contract");
    return worked(new Facts.Contract("fp-canonical", List.of("public.checks.claim_text=drop")));
  }

  @Override
  public Opening open(RolloutRequest request, String workflowId, String runId, String firstRun) {
    called("open");
    return new Opening(
        plan,
        found,
        new TargetIdentity("7", 5),
        found.found() == dev.rubicon.rollout.Found.CROSSED
            ? List.of("users.id changes its type")
            : List.of(),
        Identity.VERIFIED);
  }

  @Override
  public ContractOpening openContract(
      RolloutRequest request, String workflowId, String runId, String firstRun) {
    called("open contract");
    return new ContractOpening(plan, Optional.empty(), Identity.VERIFIED);
  }

  @Override
  public Facts.Dossier dossier(
      PhaseInput input,
      Facts.Preflight preflight,
      Facts.Backup backup,
      Facts.Rehearsal rehearsal,
      List<String> cannotPromise) {
    called("dossier");
    return new Facts.Dossier(
        "dossier-" + preflight.fingerprint(), preflight.fingerprint(), cannotPromise);
  }

  @Override
  public boolean unchanged(PhaseInput input, String expected) {
    return expected.equals(fingerprint);
  }

  @Override
  public TargetProgress side(PhaseInput input) {
    // Looked at before decisions, too: what is recorded is who asked because of a failure.
    if (input.footing().ground().stage().isEmpty() || lost.isPresent()) {
      called("side");
    }
    return lost.orElseGet(this::progress);
  }

  private TargetProgress progress() {
    return switch (fingerprint) {
      case "fp-legacy" -> TargetProgress.NOTHING;
      case "fp-crossed" -> new TargetProgress(Optional.of(TargetStage.CUT_OVER), 9);
      default -> new TargetProgress(Optional.of(TargetStage.ROLLED_BACK), 9);
    };
  }

  @Override
  public String fingerprint(PhaseInput input) {
    return fingerprint;
  }

  @Override
  public AuditHead anchor(PhaseInput input, String gate, String digest, AuditHead seen) {
    return entered(seen);
  }

  /** Each entry is the one after the one that its execution has seen. */
  private AuditHead entered(AuditHead seen) {
    heads.add(seen);
    ApplicationFailure failure = failOnce.remove("entry");
    if (failure != null) {
      throw failure;
    }
    return new AuditHead(
        seen.sequence() + 1,
        "h" + (seen.sequence() + 1),
        Activity.getExecutionContext().getInfo().getWorkflowRunId());
  }

  @Override
  public void stand(PhaseInput input, RolloutStatus status) {
    called("stand " + status.state().word());
    stood.add(status);
  }

  @Override
  public AuditHead recordApproval(PhaseInput input, Decision.Approve approval, AuditHead seen) {
    notes.add("approved " + approval.gate());
    return entered(seen);
  }

  @Override
  public Identity identify(PhaseInput input, String text, Proof proof) {
    return proof.signature().equals("forged") ? Identity.FORGED : Identity.VERIFIED;
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
    notes.add(refusal.code());
    return entered(seen);
  }

  @Override
  public AuditHead recordSignOff(PhaseInput input, Decision.SignOff signOff, AuditHead seen) {
    notes.add("signed off " + signOff.item());
    return entered(seen);
  }

  @Override
  public AuditHead recordOrder(
      PhaseInput input, String action, Decision.By by, AuditHead seen, List<String> losing) {
    notes.add(action + " by " + by.principal());
    return entered(seen);
  }

  @Override
  public AuditHead voidApprovals(
      PhaseInput input, List<Runbook.Gate> gates, String reason, AuditHead seen) {
    notes.add("void: " + reason);
    return entered(seen);
  }

  @Override
  public AuditHead pause(PhaseInput input, Decision.By by, AuditHead seen) {
    notes.add("paused");
    return entered(seen);
  }

  @Override
  public AuditHead resume(PhaseInput input, Decision.By by, AuditHead seen) {
    notes.add("resumed");
    return entered(seen);
  }

  @Override
  public AuditHead throttle(PhaseInput input, Decision.Throttle throttle, AuditHead seen) {
    notes.add("throttled");
    return entered(seen);
  }

  @Override
  public void deploy(PhaseInput input) {
    called("deploy");
  }

  @Override
  public void rollbackDeploy(PhaseInput input) {
    called("rollback-deploy");
  }

  @Override
  public void close(
      PhaseInput input,
      RolloutStatus status,
      String outcome,
      int crossings,
      String fingerprint,
      AuditHead seen) {
    called("close " + status.state().word());
  }

  @Override
  public void closeContract(
      PhaseInput input, RolloutStatus status, String outcome, AuditHead seen) {
    called("close contract " + status.state().word());
  }

  @Override
  public String report(PhaseInput input) {
    called("report");
    return "reports/x";
  }

  List<String> phases() {
    return calls.stream().filter(call -> !call.startsWith("stand ")).toList();
  }
}
