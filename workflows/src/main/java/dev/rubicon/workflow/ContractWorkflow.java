package dev.rubicon.workflow;

import dev.rubicon.rollout.Facts;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.UpdateMethod;
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
  RolloutStatus approve(Decision.Approval approval);

  @UpdateMethod
  RolloutStatus signOff(Decision.SignOff signOff);

  /** Ends the execution; the target stays as it is. */
  @UpdateMethod
  RolloutStatus abort(Decision.Order order);

  @QueryMethod
  RolloutStatus status();
}
