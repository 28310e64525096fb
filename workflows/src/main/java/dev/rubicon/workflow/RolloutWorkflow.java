package dev.rubicon.workflow;

import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * One bundle against one target. The workflow id is {@code rollout/<target>}: the Temporal server
 * itself refuses a second rollout of the same target.
 */
@WorkflowInterface
public interface RolloutWorkflow {
  /** Task queue of the workflow and of the activities that decide, record and notify. */
  String CONTROL_QUEUE = "rubicon-control";

  /** Task queue of activities that change the schema: few slots. */
  String DDL_QUEUE = "rubicon-ddl";

  /** Task queue of activities that move or read data. */
  String DATA_QUEUE = "rubicon-data";

  static String workflowId(String target) {
    return "rollout/" + target;
  }

  @WorkflowMethod(name = "Rollout")
  RolloutResult run(RolloutRequest request);

  /**
   * Fails with a coded error when policy refuses; the refusal stands in history and audit trail.
   */
  @UpdateMethod
  RolloutStatus approve(Decision.Approval approval);

  @UpdateValidatorMethod(updateName = "approve")
  void validateApprove(Decision.Approval approval);

  @UpdateMethod
  RolloutStatus signOff(Decision.SignOff signOff);

  /** The running backfill stops after its batch; no new phase starts. */
  @UpdateMethod
  RolloutStatus pause(Decision.Order order);

  /** Ends a pause, and tries the phase again that holds the rollout. */
  @UpdateMethod
  RolloutStatus resume(Decision.Order order);

  @UpdateMethod
  RolloutStatus throttle(Decision.Throttle throttle);

  /** Before the cutover: everything installed is removed and the rollout ends. */
  @UpdateMethod
  RolloutStatus abort(Decision.Order order);

  /** After the cutover: back to legacy, and to the cutover gate with the approval void. */
  @UpdateMethod
  RolloutStatus rollback(Decision.Order order);

  @UpdateMethod
  RolloutStatus extendWatch(Decision.Extension extension);

  @QueryMethod
  RolloutStatus status();
}
