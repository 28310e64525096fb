package dev.rubicon.workflow;

import dev.rubicon.message.Decision;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.rollout.Facts;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** The end of the way back, days after a completed rollout, behind its own gate. */
@WorkflowInterface
public interface ContractWorkflow {
  static String workflowId(String target) {
    return "contract/" + target;
  }

  @WorkflowMethod(name = "Contract")
  Facts.Contract run(RolloutRequest request);

  @UpdateMethod
  RolloutStatus approve(Decision.Approve approval);

  @UpdateValidatorMethod(updateName = "approve")
  void checkApprove(Decision.Approve approval);

  @UpdateMethod
  RolloutStatus signOff(Decision.SignOff signOff);

  @UpdateValidatorMethod(updateName = "signOff")
  void checkSignOff(Decision.SignOff signOff);

  /** Tries again what holds the contract. */
  @UpdateMethod
  RolloutStatus resume(Decision.Resume resume);

  @UpdateValidatorMethod(updateName = "resume")
  void checkResume(Decision.Resume resume);

  /** Before anything was removed: ends the execution; the target stays as it is. */
  @UpdateMethod
  RolloutStatus abort(Decision.Abort abort);

  @UpdateValidatorMethod(updateName = "abort")
  void checkAbort(Decision.Abort abort);

  @QueryMethod
  RolloutStatus status();
}
