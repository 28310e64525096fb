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
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Target, ledger and object store of a random story: any of them may fail at any call, before its
 * work is done or after. It keeps by itself what must hold when a crossing commits.
 */
final class FaultyActivities implements DataPhases, DdlPhases, WatchPhases, ControlActivities {
  private static final List<String> CODES =
      List.of(
          "TARGET_UNREACHABLE",
          "LEDGER_UNREACHABLE",
          "OBJECT_STORE_DENIED",
          "VERIFY_MISMATCH",
          "TRIGGERS_TOUCHED",
          "CUTOVER_BUDGET_SPENT",
          "INTERNAL");

  final Plan plan;
  final BlockingQueue<RolloutStatus> stood = new LinkedBlockingQueue<>();
  private final Random random;
  private final double faults;
  private final List<String> told = new ArrayList<>();
  private final List<String> broken = new ArrayList<>();
  private final Set<String> signedOff = new HashSet<>();
  private boolean installed;
  private boolean crossed;
  private int turns;
  private boolean approved;
  private boolean mayCrossUnasked = true;
  private boolean verified;
  private boolean paused;
  private int returns;
  private int orderedReturns;
  private int changes;

  /**
   * @param faults how likely a call is to fail, 0 to 1
   */
  FaultyActivities(Plan plan, long seed, double faults) {
    this.plan = plan;
    this.random = new Random(seed);
    this.faults = faults;
  }

  synchronized List<String> told() {
    return List.copyOf(told);
  }

  /** Rules that were broken. */
  synchronized List<String> broken() {
    return List.copyOf(broken);
  }

  synchronized boolean installed() {
    return installed;
  }

  synchronized int automaticReturns() {
    return returns - orderedReturns;
  }

  synchronized void targetChanges() {
    changes++;
    verified = false;
    told.add("the target changes");
  }

  synchronized void say(String what) {
    told.add(what);
  }

  /** A human answered what held the rollout: with a word of his it may cross where no gate asks. */
  synchronized void resumed() {
    mayCrossUnasked = true;
  }

  private String fingerprint() {
    return "fp" + changes + (crossed ? "-crossed" : installed ? "-expanded" : "");
  }

  private interface Work<T> {
    T run();
  }

  private synchronized <T> T call(String name, Work<T> work) {
    boolean fails = random.nextDouble() < faults;
    if (fails && random.nextBoolean()) {
      told.add(name + " fails");
      verified = false;
      throw failure();
    }
    T result;
    try {
      result = work.run();
    } catch (ApplicationFailure e) {
      told.add(name + " refuses: " + e.getType());
      verified = false;
      throw e;
    }
    if (fails) {
      told.add(name + " is done, and its answer is lost");
      verified = false;
      throw failure();
    }
    told.add(name);
    return result;
  }

  private void call(String name) {
    call(name, () -> true);
  }

  private ApplicationFailure failure() {
    return refuse(CODES.get(random.nextInt(CODES.size())));
  }

  private static ApplicationFailure refuse(String code) {
    return ApplicationFailure.newNonRetryableFailure("so it is", code, "mend it");
  }

  private void require(boolean holds, String rule) {
    if (!holds) {
      broken.add(rule);
    }
  }

  @Override
  public Worked<Facts.Preflight> preflight(PhaseInput input) {
    return RecordingPhases.worked(
        call(
            "preflight",
            () ->
                new Facts.Preflight(
                    "15",
                    fingerprint(),
                    "canonical",
                    Map.of(),
                    List.of(),
                    List.of("users.id changes its type"),
                    Optional.empty())));
  }

  @Override
  public Worked<Facts.Backup> backup(PhaseInput input) {
    return RecordingPhases.worked(
        call("backup", () -> new Facts.Backup("k", "s3://k", "d", 1, Map.of())));
  }

  @Override
  public Worked<Facts.Clone> restoreClone(PhaseInput input, Facts.Backup backup) {
    return RecordingPhases.worked(call("clone", () -> new Facts.Clone("golden", "backup", 1)));
  }

  @Override
  public Worked<Facts.Rehearsal> rehearse(
      PhaseInput input, Facts.Backup backup, Facts.Clone clone) {
    return RecordingPhases.worked(
        call(
            "rehearse",
            () -> new Facts.Rehearsal(true, "r", "change", Map.of(), List.of(), Optional.empty())));
  }

  @Override
  public Worked<Facts.Expand> expand(
      PhaseInput input, Facts.Preflight preflight, Facts.Backup backup) {
    return RecordingPhases.worked(
        call(
            "expand",
            () -> {
              installed = true;
              return new Facts.Expand(List.of(), List.of(), List.of());
            }));
  }

  @Override
  public Worked<Facts.DualWrite> dualWrite(PhaseInput input) {
    return RecordingPhases.worked(call("dual-write", () -> new Facts.DualWrite(List.of(), 1)));
  }

  @Override
  public Worked<Facts.Backfill> backfill(PhaseInput input) {
    return RecordingPhases.worked(
        call("backfill", () -> new Facts.Backfill(Map.of(), Map.of(), List.of())));
  }

  @Override
  public Worked<Facts.Verify> verify(PhaseInput input) {
    return RecordingPhases.worked(
        call(
            "verify",
            () -> {
              verified = true;
              return new Facts.Verify(Map.of(), 0, List.of(), fingerprint(), List.of());
            }));
  }

  @Override
  public Worked<Facts.Cutover> cutover(PhaseInput input, CrossingTerms terms) {
    var info = Activity.getExecutionContext().getInfo();
    return RecordingPhases.worked(
        call(
            "cutover",
            () -> {
              if (!crossed) {
                if (!terms.run().equals(Optional.of(info.getWorkflowRunId()))) {
                  throw refuse("APPROVAL_VOID");
                }
                if (!terms.fingerprint().equals(Optional.of(fingerprint()))) {
                  throw refuse("TARGET_CHANGED");
                }
                crosses();
              }
              return new Facts.Cutover(
                  fingerprint(),
                  "change",
                  Blocked.NOT,
                  List.of(),
                  List.of(),
                  turns,
                  "here",
                  List.of(),
                  List.of(),
                  List.of());
            }));
  }

  private void crosses() {
    boolean asks = plan.gates().contains(Runbook.Gate.CUTOVER);
    require(!asks || approved, "crossed without an approval that counts");
    require(asks || mayCrossUnasked, "crossed again, and nobody was asked");
    require(verified, "crossed without a verification since the last change");
    require(!paused, "crossed while paused");
    for (ManualItem item : plan.manual()) {
      require(
          item.blocks().compareTo(Phase.CUTOVER) > 0 || signedOff.contains(item.id()),
          "crossed without the sign-off of " + item.id());
    }
    crossed = true;
    turns++;
    mayCrossUnasked = false;
  }

  @Override
  public Worked<Facts.Smoke> smoke(PhaseInput input) {
    return RecordingPhases.worked(
        call(
            "smoke",
            () ->
                random.nextInt(3) == 0
                    ? new Facts.Smoke(List.of(), List.of("me"))
                    : new Facts.Smoke(List.of("me"), List.of())));
  }

  @Override
  public Worked<Facts.Watch> watch(PhaseInput input, Instant until) {
    return RecordingPhases.worked(call("watch", () -> new Facts.Watch(List.of())));
  }

  @Override
  public Worked<Facts.Rollback> rollback(PhaseInput input, ReturnTerms terms) {
    return RecordingPhases.worked(
        call(
            "rollback",
            () -> {
              if (crossed) {
                returns++;
                turns++;
                verified = false;
              }
              crossed = false;
              approved = false;
              mayCrossUnasked = false;
              return new Facts.Rollback(fingerprint(), Blocked.NOT, List.of(), turns, "here");
            }));
  }

  @Override
  public Worked<Facts.Abort> abort(PhaseInput input) {
    return RecordingPhases.worked(
        call(
            "abort",
            () -> {
              if (crossed) {
                throw refuse("ABORT_IMPOSSIBLE");
              }
              installed = false;
              return new Facts.Abort(fingerprint(), List.of());
            }));
  }

  @Override
  public Worked<Facts.Contract> contract(PhaseInput input) {
    return RecordingPhases.worked(call("contract", () -> new Facts.Contract("fp", List.of())));
  }

  @Override
  public Opening open(RolloutRequest request, String workflowId, String runId, String firstRun) {
    return new Opening(plan, progress(), new TargetIdentity("7", 5), List.of(), Identity.VERIFIED);
  }

  @Override
  public ContractOpening openContract(
      RolloutRequest request, String workflowId, String runId, String firstRun) {
    return new ContractOpening(plan, Optional.empty(), Identity.VERIFIED);
  }

  @Override
  public Facts.Dossier dossier(
      PhaseInput input,
      Facts.Preflight preflight,
      Facts.Backup backup,
      Facts.Rehearsal rehearsal,
      List<String> cannotPromise) {
    return call(
        "dossier", () -> new Facts.Dossier("dossier-" + preflight.fingerprint(), "", List.of()));
  }

  @Override
  public boolean unchanged(PhaseInput input, String expected) {
    return call("unchanged", () -> expected.equals(fingerprint()));
  }

  @Override
  public String fingerprint(PhaseInput input) {
    return call("fingerprint", this::fingerprint);
  }

  @Override
  public synchronized TargetProgress side(PhaseInput input) {
    // It always answers: whoever can never ask whether anything is installed may end.
    return progress();
  }

  private TargetProgress progress() {
    return installed || crossed
        ? new TargetProgress(
            Optional.of(crossed ? TargetStage.CUT_OVER : TargetStage.VERIFIED), turns)
        : TargetProgress.NOTHING;
  }

  @Override
  public AuditHead anchor(PhaseInput input, String gate, String digest, AuditHead seen) {
    call("anchor " + gate);
    return entered(seen);
  }

  private static AuditHead entered(AuditHead seen) {
    var info = Activity.getExecutionContext().getInfo();
    return new AuditHead(seen.sequence() + 1, "h", info.getWorkflowRunId());
  }

  @Override
  public void stand(PhaseInput input, RolloutStatus status) {
    stood.add(status);
    call("stand " + status.state().word());
  }

  @Override
  public AuditHead recordApproval(PhaseInput input, Decision.Approve approval, AuditHead seen) {
    call(
        "record " + approval.action(),
        () -> {
          approved |= approval.gate() == Runbook.Gate.CUTOVER;
          return true;
        });
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
    call("refuse " + action + " " + refusal.code());
    return entered(seen);
  }

  @Override
  public AuditHead recordSignOff(PhaseInput input, Decision.SignOff signOff, AuditHead seen) {
    call(
        "record " + signOff.action(),
        () -> {
          signedOff.add(signOff.item());
          return true;
        });
    return entered(seen);
  }

  @Override
  public AuditHead recordOrder(
      PhaseInput input, String action, Decision.By by, AuditHead seen, List<String> losing) {
    call("record " + action);
    return entered(seen);
  }

  /** A rollback that a human was told is carried out. */
  synchronized void returnOrdered() {
    orderedReturns++;
  }

  @Override
  public AuditHead voidApprovals(
      PhaseInput input, List<Runbook.Gate> gates, String reason, AuditHead seen) {
    call(
        "void: " + reason,
        () -> {
          approved = false;
          return true;
        });
    return entered(seen);
  }

  @Override
  public AuditHead pause(PhaseInput input, Decision.By by, AuditHead seen) {
    call("record pause");
    return entered(seen);
  }

  /** A pause that was answered. */
  synchronized void paused(boolean now) {
    paused = now;
  }

  @Override
  public AuditHead resume(PhaseInput input, Decision.By by, AuditHead seen) {
    call(
        "record resume",
        () -> {
          paused = false;
          return true;
        });
    return entered(seen);
  }

  @Override
  public AuditHead throttle(PhaseInput input, Decision.Throttle throttle, AuditHead seen) {
    call("record throttle");
    return entered(seen);
  }

  @Override
  public void deploy(PhaseInput input) {
    call("deploy");
  }

  @Override
  public void rollbackDeploy(PhaseInput input) {
    call("rollback-deploy");
  }

  @Override
  public void close(
      PhaseInput input,
      RolloutStatus status,
      String outcome,
      int crossings,
      String fingerprint,
      AuditHead seen) {
    call("close " + status.state().word());
    stood.add(status);
  }

  @Override
  public void closeContract(
      PhaseInput input, RolloutStatus status, String outcome, AuditHead seen) {
    call("close contract " + status.state().word());
  }

  @Override
  public String report(PhaseInput input) {
    return call("report", () -> "report");
  }
}
