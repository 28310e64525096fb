package dev.rubicon.activity;

import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.rollout.Plan;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.workflow.Decision;
import dev.rubicon.workflow.RolloutRequest;
import dev.rubicon.workflow.RolloutStatus;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import java.util.List;

/** What decides, records and tells: short, on the control queue. */
@ActivityInterface
public interface ControlActivities {

  /**
   * What a launch finds.
   *
   * @param crossed whether this bundle's cutover already stands on the target: a relaunch after a
   *     lost history, or after a completed rollout, then goes on behind the crossing
   */
  record Opening(Plan plan, boolean crossed) {}

  /**
   * Head of the audit trail when a gate opened; stands in Temporal's history and in the object
   * store.
   */
  record Anchor(long sequence, String hash) {}

  @ActivityMethod(name = "OpenRollout")
  Opening open(RolloutRequest request, String workflowId, String runId);

  @ActivityMethod(name = "OpenContract")
  Plan openContract(RolloutRequest request, String workflowId, String runId);

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

  @ActivityMethod(name = "AnchorAudit")
  Anchor anchor(PhaseInput input, String gate, String digest);

  /**
   * Enters in the ledger where the rollout stands, and tells whoever wants to know; telling never
   * fails a rollout.
   *
   * @param note what it waits for, or code and cause of what holds it
   */
  @ActivityMethod(name = "Stand")
  void stand(PhaseInput input, RolloutStatus.State state, String digest, String note);

  @ActivityMethod(name = "RecordApproval")
  void recordApproval(PhaseInput input, Decision.Approval approval);

  /**
   * @param what the gate, the manual item, or the order
   * @param digest as given; empty where none is
   */
  @ActivityMethod(name = "RecordRefusal")
  void recordRefusal(
      PhaseInput input,
      String what,
      String digest,
      String principal,
      String reason,
      RolloutStatus.Failure refusal);

  @ActivityMethod(name = "RecordSignOff")
  void recordSignOff(PhaseInput input, Decision.SignOff signOff);

  /** Abort, rollback, extend-watch, and what Rubicon itself orders. */
  @ActivityMethod(name = "RecordOrder")
  void recordOrder(PhaseInput input, String action, Decision.Order order);

  @ActivityMethod(name = "VoidApprovals")
  void voidApprovals(PhaseInput input, List<Runbook.Gate> gates, String reason);

  /** Recorded, and passed on to running activities. */
  @ActivityMethod(name = "Pause")
  void pause(PhaseInput input, Decision.Order order);

  @ActivityMethod(name = "Resume")
  void resume(PhaseInput input, Decision.Order order);

  @ActivityMethod(name = "Throttle")
  void throttle(PhaseInput input, Decision.Throttle throttle);

  /** Calls the deploy hook. */
  @ActivityMethod(name = "Deploy")
  void deploy(PhaseInput input);

  /** Calls the hook that switches back. */
  @ActivityMethod(name = "RollbackDeploy")
  void rollbackDeploy(PhaseInput input);

  /**
   * Ends the rollout in the ledger and writes its report.
   *
   * @param outcome one line for people
   * @return key of the report in the object store
   */
  @ActivityMethod(name = "CloseRollout")
  String close(
      PhaseInput input,
      RolloutStatus.State state,
      String outcome,
      int crossings,
      String fingerprint);

  /** Ends a contract execution and writes the rollout's report anew. */
  @ActivityMethod(name = "CloseContract")
  String closeContract(PhaseInput input, RolloutStatus.State state, String runId, String outcome);
}
