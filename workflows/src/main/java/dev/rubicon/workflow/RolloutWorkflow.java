package dev.rubicon.workflow;

import dev.rubicon.message.Decision;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.message.RolloutResult;
import dev.rubicon.message.RolloutStatus;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * One bundle against one target. The workflow id is {@code rollout/<target>}: the Temporal server
 * itself refuses a second rollout of the same target.
 *
 * <p>Each decision is an Update. Its validator refuses what is malformed or out of bounds, which
 * leaves no trace; what policy refuses is accepted, recorded, and then fails with its code, so that
 * the refusal stands in history and audit trail.
 */
@WorkflowInterface
public interface RolloutWorkflow {
  /** Task queue of the workflow and of the activities that decide, record and notify. */
  String CONTROL_QUEUE = "rubicon-control";

  /** Task queue of activities that change the schema. */
  String DDL_QUEUE = "rubicon-ddl";

  /** Task queue of activities that move or read data. */
  String DATA_QUEUE = "rubicon-data";

  /** Task queue of the activities that watch: a rollout is in it for a day, and mostly waits. */
  String WATCH_QUEUE = "rubicon-watch";

  static String workflowId(String target) {
    return "rollout/" + target;
  }

  @WorkflowMethod(name = "Rollout")
  RolloutResult run(RolloutRequest request);

  @UpdateMethod
  RolloutStatus approve(Decision.Approve approval);

  @UpdateValidatorMethod(updateName = "approve")
  void checkApprove(Decision.Approve approval);

  @UpdateMethod
  RolloutStatus signOff(Decision.SignOff signOff);

  @UpdateValidatorMethod(updateName = "signOff")
  void checkSignOff(Decision.SignOff signOff);

  @UpdateMethod
  RolloutStatus pause(Decision.Pause pause);

  @UpdateValidatorMethod(updateName = "pause")
  void checkPause(Decision.Pause pause);

  @UpdateMethod
  RolloutStatus resume(Decision.Resume resume);

  @UpdateValidatorMethod(updateName = "resume")
  void checkResume(Decision.Resume resume);

  @UpdateMethod
  RolloutStatus throttle(Decision.Throttle throttle);

  @UpdateValidatorMethod(updateName = "throttle")
  void checkThrottle(Decision.Throttle throttle);

  @UpdateMethod
  RolloutStatus abort(Decision.Abort abort);

  @UpdateValidatorMethod(updateName = "abort")
  void checkAbort(Decision.Abort abort);

  @UpdateMethod
  RolloutStatus rollback(Decision.Rollback rollback);

  @UpdateValidatorMethod(updateName = "rollback")
  void checkRollback(Decision.Rollback rollback);

  @UpdateMethod
  RolloutStatus extendWatch(Decision.ExtendWatch extension);

  @UpdateValidatorMethod(updateName = "extendWatch")
  void checkExtendWatch(Decision.ExtendWatch extension);

  @QueryMethod
  RolloutStatus status();
}
