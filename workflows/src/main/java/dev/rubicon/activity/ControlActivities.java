package dev.rubicon.activity;

import dev.rubicon.machine.state.Plan;
import dev.rubicon.message.Decision;
import dev.rubicon.message.Identity;
import dev.rubicon.message.Proof;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.rollout.AuditHead;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.rollout.TargetIdentity;
import dev.rubicon.rollout.TargetProgress;
import dev.rubicon.runbook.Runbook;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import java.util.List;
import java.util.Optional;

/** Deciding, recording and notifying: short activities, on the control queue. */
@ActivityInterface
public interface ControlActivities {

  /**
   * What a launch finds.
   *
   * @param ground a relaunch, after a lost history, a Terminate or a completed rollout, goes on
   *     from what its predecessor left
   * @param identity which database the target is; no other is touched from then on
   * @param clients what clients will notice of a target that has crossed already: no preflight asks
   * @param requester what the launch's proof comes to
   */
  record Opening(
      Plan plan,
      TargetProgress ground,
      TargetIdentity identity,
      List<String> clients,
      Identity requester) {
    public Opening {
      // Histories of before have none.
      clients = clients == null ? List.of() : List.copyOf(clients);
      requester = requester == null ? Identity.UNKNOWN : requester;
    }
  }

  /**
   * What a contract finds.
   *
   * @param identity of the target, as its rollout saw it; empty where the ledger does not know
   * @param requester what the launch's proof comes to
   */
  record ContractOpening(Plan plan, Optional<TargetIdentity> identity, Identity requester) {
    public ContractOpening {
      requester = requester == null ? Identity.UNKNOWN : requester;
    }
  }

  /**
   * What a decision's proof comes to. The worker that is asked trusts the keys of its own
   * configuration; whoever can write to the namespace has no part in that.
   *
   * @param text what was to be signed ({@code SignedText})
   */
  @ActivityMethod(name = "CheckSignature")
  Identity identify(PhaseInput input, String text, Proof proof);

  /**
   * @param firstRun the run that was started: each Reset's is another, of the same launch. Null
   *     where a worker of before asks
   */
  @ActivityMethod(name = "OpenRollout")
  Opening open(RolloutRequest request, String workflowId, String runId, String firstRun);

  /**
   * @param firstRun as for a rollout
   */
  @ActivityMethod(name = "OpenContract")
  ContractOpening openContract(
      RolloutRequest request, String workflowId, String runId, String firstRun);

  /** Binds what was found and rehearsed into the digest that approvals name. */
  @ActivityMethod(name = "Dossier")
  Facts.Dossier dossier(
      PhaseInput input,
      Facts.Preflight preflight,
      Facts.Backup backup,
      Facts.Rehearsal rehearsal,
      List<String> cannotPromise);

  /** Whether the target's fingerprint is still the given one. */
  @ActivityMethod(name = "CheckUnchanged")
  boolean unchanged(PhaseInput input, String fingerprint);

  /** Fingerprint of the target as it is now. */
  @ActivityMethod(name = "Fingerprint")
  String fingerprint(PhaseInput input);

  /** What stands on the target, as it remembers. */
  @ActivityMethod(name = "FindSide")
  TargetProgress side(PhaseInput input);

  /**
   * Enters that a gate asks, and keeps the entry where the ledger's owner cannot change it.
   *
   * @param seen here and below: what the execution last saw of the audit trail; a ledger that lacks
   *     it was restored from an older dump, and nothing is entered
   * @return here and below: the entry
   */
  @ActivityMethod(name = "AnchorAudit")
  AuditHead anchor(PhaseInput input, String gate, String digest, AuditHead seen);

  /**
   * Enters in the ledger where the rollout stands, and notifies the webhook when it waits or is
   * held; a failed notification never fails a rollout.
   */
  @ActivityMethod(name = "Stand")
  void stand(PhaseInput input, RolloutStatus status);

  @ActivityMethod(name = "RecordApproval")
  AuditHead recordApproval(PhaseInput input, Decision.Approve approval, AuditHead seen);

  /**
   * @param action what was decided
   * @param digest as given; empty where none is
   * @param text that was signed ({@code SignedText}): what is refused is entered in nobody's name
   *     who has not decided it. Null where a worker of before asks
   */
  @ActivityMethod(name = "RecordRefusal")
  AuditHead recordRefusal(
      PhaseInput input,
      String action,
      String digest,
      Decision.By by,
      RolloutStatus.Failure refusal,
      AuditHead seen,
      String text);

  @ActivityMethod(name = "RecordSignOff")
  AuditHead recordSignOff(PhaseInput input, Decision.SignOff signOff, AuditHead seen);

  /**
   * Abort, rollback, extend-watch, and what Rubicon itself orders.
   *
   * @param losing relations that a rollback may lose rows of
   */
  @ActivityMethod(name = "RecordOrder")
  AuditHead recordOrder(
      PhaseInput input, String action, Decision.By by, AuditHead seen, List<String> losing);

  /**
   * @return the entry; {@link AuditHead#NONE} where there was nothing to make void
   */
  @ActivityMethod(name = "VoidApprovals")
  AuditHead voidApprovals(
      PhaseInput input, List<Runbook.Gate> gates, String reason, AuditHead seen);

  /** Recorded, and passed on to running activities. */
  @ActivityMethod(name = "Pause")
  AuditHead pause(PhaseInput input, Decision.By by, AuditHead seen);

  @ActivityMethod(name = "Resume")
  AuditHead resume(PhaseInput input, Decision.By by, AuditHead seen);

  @ActivityMethod(name = "Throttle")
  AuditHead throttle(PhaseInput input, Decision.Throttle throttle, AuditHead seen);

  /** Calls the deploy hook. */
  @ActivityMethod(name = "Deploy")
  void deploy(PhaseInput input);

  /** Calls the hook that switches back. */
  @ActivityMethod(name = "RollbackDeploy")
  void rollbackDeploy(PhaseInput input);

  /**
   * Ends the rollout in the ledger.
   *
   * @param outcome one line for people
   */
  @ActivityMethod(name = "CloseRollout")
  void close(
      PhaseInput input,
      RolloutStatus status,
      String outcome,
      int crossings,
      String fingerprint,
      AuditHead seen);

  /** Ends a contract execution in the ledger. */
  @ActivityMethod(name = "CloseContract")
  void closeContract(PhaseInput input, RolloutStatus status, String outcome, AuditHead seen);

  /**
   * Writes the report of a rollout that has ended, or of its contract; what is written was true
   * before.
   *
   * @return key of the report in the object store
   */
  @ActivityMethod(name = "WriteReport")
  String report(PhaseInput input);
}
