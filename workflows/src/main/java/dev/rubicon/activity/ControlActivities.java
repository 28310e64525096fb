package dev.rubicon.activity;

import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.rollout.Plan;
import dev.rubicon.workflow.RolloutRequest;
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

  /** Something that a human said, and what became of it. */
  record Note(
      String rollout,
      String principal,
      String action,
      String outcome,
      String digest,
      String reason) {}

  @ActivityMethod(name = "OpenRollout")
  Opening open(RolloutRequest request, String runId);

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
  Anchor anchor(String rollout, String gate, String digest);

  /** Appends to the audit trail; refusals too. */
  @ActivityMethod(name = "Record")
  void record(Note note);

  /** Passes the operator's wish on to running activities. */
  @ActivityMethod(name = "Steer")
  void steer(String rollout, boolean paused, long rowsPerSecond);

  /** Calls the deploy hook. */
  @ActivityMethod(name = "Deploy")
  void deploy(PhaseInput input);

  /** Calls the hook that switches back. */
  @ActivityMethod(name = "RollbackDeploy")
  void rollbackDeploy(PhaseInput input);

  /** Tells whoever wants to know; never fails a rollout. */
  @ActivityMethod(name = "Notify")
  void tell(String rollout, String event, String text);

  /**
   * Ends the rollout in the ledger and writes its report.
   *
   * @return key of the report in the object store
   */
  @ActivityMethod(name = "CloseRollout")
  String close(String rollout, String outcome, String detail);
}
