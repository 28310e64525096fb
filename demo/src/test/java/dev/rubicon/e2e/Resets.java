package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.workflow.RolloutWorkflow;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.enums.v1.ResetReapplyType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.workflowservice.v1.ResetWorkflowExecutionRequest;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Reset as the button in Temporal's UI does it: another run begins with the history up to a
 * workflow task, and decisions that were made behind it are offered to it again.
 */
final class Resets {
  private final RealSite real;

  Resets(RealSite real) {
    this.real = real;
  }

  /** The workflow task that scheduled the last activity of that type. */
  long scheduling(String activity) {
    return last(scheduled(activity))
        .getActivityTaskScheduledEventAttributes()
        .getWorkflowTaskCompletedEventId();
  }

  /** The workflow task that was told of the outcome of the last activity of that type. */
  long behind(String activity) {
    long scheduled = last(scheduled(activity)).getEventId();
    return taskAfter(
        last(
            e ->
                e.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED
                    && e.getActivityTaskCompletedEventAttributes().getScheduledEventId()
                        == scheduled));
  }

  /** The first workflow task after the last decision of that name was carried out. */
  long behindDecision(String name) {
    long accepted =
        last(e ->
                e.getWorkflowExecutionUpdateAcceptedEventAttributes()
                    .getAcceptedRequest()
                    .getInput()
                    .getName()
                    .equals(name))
            .getEventId();
    return taskAfter(
        last(
            e ->
                e.getWorkflowExecutionUpdateCompletedEventAttributes().getAcceptedEventId()
                    == accepted));
  }

  private static Predicate<HistoryEvent> scheduled(String activity) {
    return e ->
        e.getActivityTaskScheduledEventAttributes().getActivityType().getName().equals(activity);
  }

  private HistoryEvent last(Predicate<HistoryEvent> which) {
    return history().stream().filter(which).reduce((earlier, later) -> later).orElseThrow();
  }

  private long taskAfter(HistoryEvent event) {
    return history().stream()
        .filter(e -> e.getEventType() == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
        .mapToLong(HistoryEvent::getEventId)
        .filter(id -> id > event.getEventId())
        .findFirst()
        .orElseThrow();
  }

  private List<HistoryEvent> history() {
    return real.site
        .rollouts
        .temporal()
        .client()
        .fetchHistory(RolloutWorkflow.workflowId(TestSite.TARGET))
        .getEvents();
  }

  /**
   * Returns when each decision that was offered again was refused, as one of another run.
   *
   * @return their names, in order
   */
  // Its successor can only exclude; this is what Temporal's own tools ask for.
  @SuppressWarnings("deprecation")
  List<String> to(long task) {
    var temporal = real.site.rollouts.temporal();
    String run = real.workflow().describe().getExecution().getRunId();
    temporal
        .service()
        .blockingStub()
        .resetWorkflowExecution(
            ResetWorkflowExecutionRequest.newBuilder()
                .setNamespace(temporal.client().getOptions().getNamespace())
                .setWorkflowExecution(
                    WorkflowExecution.newBuilder()
                        .setWorkflowId(RolloutWorkflow.workflowId(TestSite.TARGET))
                        .setRunId(run))
                .setReason("to see what is forgotten")
                .setRequestId(UUID.randomUUID().toString())
                .setWorkflowTaskFinishEventId(task)
                .setResetReapplyType(ResetReapplyType.RESET_REAPPLY_TYPE_ALL_ELIGIBLE)
                .build());
    List<HistoryEvent> offered =
        history().stream()
            .filter(
                e -> e.getEventType() == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED)
            .filter(e -> e.getEventId() >= task)
            .toList();
    offered.forEach(this::awaitRefusal);
    return offered.stream()
        .map(e -> e.getWorkflowExecutionUpdateAdmittedEventAttributes().getRequest())
        .map(request -> request.getInput().getName())
        .toList();
  }

  private void awaitRefusal(HistoryEvent offered) {
    String id =
        offered
            .getWorkflowExecutionUpdateAdmittedEventAttributes()
            .getRequest()
            .getMeta()
            .getUpdateId();
    Predicate<HistoryEvent> answer =
        e ->
            e.getEventId() > offered.getEventId()
                && e.getWorkflowExecutionUpdateCompletedEventAttributes()
                    .getMeta()
                    .getUpdateId()
                    .equals(id);
    real.await("the answer to what was offered again", () -> history().stream().anyMatch(answer));
    assertThat(
            last(answer)
                .getWorkflowExecutionUpdateCompletedEventAttributes()
                .getOutcome()
                .getFailure()
                .getApplicationFailureInfo()
                .getType())
        .isEqualTo("DECISION_EXPIRED");
  }
}
