package dev.rubicon.client;

import dev.rubicon.workflow.ContractWorkflow;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.client.WorkflowExecutionDescription;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One run of a workflow as Temporal's server describes it; no worker has to answer for that. */
record Execution(WorkflowExecutionDescription description) {

  String workflowId() {
    return description.getExecution().getWorkflowId();
  }

  String runId() {
    return description.getExecution().getRunId();
  }

  Instant started() {
    return description.getStartTime();
  }

  Optional<Instant> closed() {
    return Optional.ofNullable(description.getCloseTime());
  }

  boolean running() {
    return description.getStatus() == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
  }

  /** How it was ended without having a say in it; empty otherwise. */
  Optional<String> endedFromOutside() {
    return switch (description.getStatus()) {
      case WORKFLOW_EXECUTION_STATUS_TERMINATED -> Optional.of("it was terminated from outside");
      case WORKFLOW_EXECUTION_STATUS_TIMED_OUT -> Optional.of("its execution timed out");
      default -> Optional.empty();
    };
  }

  boolean ofContract(String target) {
    return workflowId().equals(ContractWorkflow.workflowId(target));
  }

  /**
   * What the launch noted; empty where it noted nothing.
   *
   * @param key rollout, runbook, target, bundle or requestedBy
   */
  Optional<String> noted(String key) {
    return Optional.ofNullable(description.getMemo(key, String.class, String.class));
  }

  /** Attempts at the workflow task that is due; 1 unless the one before failed or timed out. */
  int taskAttempts() {
    var raw = description.getRawDescription();
    return raw.hasPendingWorkflowTask() ? raw.getPendingWorkflowTask().getAttempt() : 1;
  }

  List<PendingActivityInfo> pending() {
    return description.getRawDescription().getPendingActivitiesList();
  }
}
