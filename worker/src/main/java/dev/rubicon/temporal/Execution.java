package dev.rubicon.temporal;

import dev.rubicon.workflow.ContractWorkflow;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.client.WorkflowExecutionDescription;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One run of a workflow as Temporal's server describes it; no worker has to answer for that. */
public record Execution(WorkflowExecutionDescription description) {

  public String workflowId() {
    return description.getExecution().getWorkflowId();
  }

  public String runId() {
    return description.getExecution().getRunId();
  }

  public Instant started() {
    return description.getStartTime();
  }

  public Optional<Instant> closed() {
    return Optional.ofNullable(description.getCloseTime());
  }

  public boolean running() {
    return description.getStatus() == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
  }

  /** How it was ended without having a say in it; empty otherwise. */
  public Optional<String> endedFromOutside() {
    return switch (description.getStatus()) {
      case WORKFLOW_EXECUTION_STATUS_TERMINATED -> Optional.of("it was terminated from outside");
      case WORKFLOW_EXECUTION_STATUS_TIMED_OUT -> Optional.of("its execution timed out");
      default -> Optional.empty();
    };
  }

  public boolean ofContract(String target) {
    return workflowId().equals(ContractWorkflow.workflowId(target));
  }

  /**
   * What the launch noted; empty where it noted nothing.
   *
   * @param key rollout, runbook, target, bundle or requestedBy
   */
  public Optional<String> noted(String key) {
    return Optional.ofNullable(description.getMemo(key, String.class, String.class));
  }

  /** Attempts at the workflow task that is due; 1 unless the one before failed or timed out. */
  public int taskAttempts() {
    var raw = description.getRawDescription();
    return raw.hasPendingWorkflowTask() ? raw.getPendingWorkflowTask().getAttempt() : 1;
  }

  public List<PendingActivityInfo> pending() {
    return description.getRawDescription().getPendingActivitiesList();
  }
}
