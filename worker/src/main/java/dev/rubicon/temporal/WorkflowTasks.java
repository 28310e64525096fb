package dev.rubicon.temporal;

import io.temporal.api.enums.v1.EventType;
import io.temporal.api.enums.v1.WorkflowTaskFailedCause;
import io.temporal.api.history.v1.HistoryEvent;
import java.util.Optional;

/** Why a workflow does not get on: its workflow tasks fail, again and again. */
public final class WorkflowTasks {
  private final TemporalConnection temporal;

  public WorkflowTasks(TemporalConnection temporal) {
    this.temporal = temporal;
  }

  /**
   * The reason, in the product's words, while workflow tasks of that workflow fail.
   *
   * @throws dev.rubicon.error.RubiconException where the server does not answer
   */
  public Optional<String> failing(String workflowId) {
    return new Executions(temporal).running(workflowId).flatMap(this::failing);
  }

  /** A task that timed out because its worker died is due again, but nothing is wrong with it. */
  public Optional<String> failing(Execution execution) {
    if (execution.taskAttempts() <= 1) {
      return Optional.empty();
    }
    try {
      // Only the first of a series of failures is in the history.
      return temporal
          .client()
          .fetchHistory(execution.workflowId(), execution.runId())
          .getEvents()
          .stream()
          .filter(WorkflowTasks::endsATask)
          .reduce((earlier, later) -> later)
          .filter(e -> e.getEventType() == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED)
          .map(e -> reason(e.getWorkflowTaskFailedEventAttributes().getCause()));
    } catch (RuntimeException e) {
      throw TemporalFailures.ofServer(e, execution.workflowId());
    }
  }

  private static boolean endsATask(HistoryEvent event) {
    return switch (event.getEventType()) {
      case EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
          EVENT_TYPE_WORKFLOW_TASK_FAILED,
          EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT ->
          true;
      default -> false;
    };
  }

  private static String reason(WorkflowTaskFailedCause cause) {
    return switch (cause) {
      case WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR ->
          "this version's workflow definition does not fit the execution's history;"
              + " run the version that it was begun with";
      default -> "the workflow's code fails; the worker's log says where";
    };
  }
}
