package dev.rubicon.temporal;

import dev.rubicon.workflow.ContractWorkflow;
import dev.rubicon.workflow.RolloutWorkflow;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowTargetOptions;
import java.util.Optional;

/** Asks Temporal's server for the executions of a target. */
public final class Executions {
  private final TemporalConnection temporal;

  public Executions(TemporalConnection temporal) {
    this.temporal = temporal;
  }

  /** The last run of that workflow, running or ended. */
  public Optional<Execution> find(String workflowId) {
    try {
      return Optional.of(
          new Execution(temporal.client().newUntypedWorkflowStub(workflowId).describe()));
    } catch (WorkflowNotFoundException none) {
      return Optional.empty();
    } catch (RuntimeException e) {
      throw TemporalFailures.ofServer(e, workflowId);
    }
  }

  /** The run of that workflow that has not ended. */
  public Optional<Execution> running(String workflowId) {
    return find(workflowId).filter(Execution::running);
  }

  /** Of rollout and contract execution the one that was started last, running or ended. */
  public Optional<Execution> latest(String target) {
    Optional<Execution> rollout = find(RolloutWorkflow.workflowId(target));
    Optional<Execution> contract = find(ContractWorkflow.workflowId(target));
    boolean contractIsLater =
        contract.isPresent()
            && (rollout.isEmpty() || rollout.get().started().isBefore(contract.get().started()));
    return contractIsLater ? contract : rollout;
  }

  /** The id of the contract execution while one runs, of the rollout otherwise. */
  public String current(String target) {
    String contract = ContractWorkflow.workflowId(target);
    return running(contract).isPresent() ? contract : RolloutWorkflow.workflowId(target);
  }

  /** A stub of exactly that run, not of one that follows it. */
  public WorkflowStub stub(String workflowId, String runId) {
    return temporal
        .client()
        .newUntypedWorkflowStub(
            WorkflowTargetOptions.newBuilder().setWorkflowId(workflowId).setRunId(runId).build());
  }
}
