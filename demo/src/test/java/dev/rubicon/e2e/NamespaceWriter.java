package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.workflow.RolloutWorkflow;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import io.temporal.worker.WorkerFactory;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** Somebody who may write to the Temporal namespace, and has a worker and a queue of his own. */
final class NamespaceWriter implements AutoCloseable {
  private static final String QUEUE = "mallory";

  private final WorkflowClient client;
  private final WorkerFactory worker;

  NamespaceWriter(WorkflowClient client) {
    this.client = client;
    this.worker = WorkerFactory.newInstance(client);
    worker.newWorker(QUEUE).registerWorkflowImplementationTypes(AskingImpl.class);
    worker.start();
  }

  /** Asks for one activity. */
  @WorkflowInterface
  public interface Asking {
    @WorkflowMethod
    void ask(String activity, String queue, List<Object> arguments);
  }

  /** What has become of the arguments on their way is JSON again when it is passed on. */
  public static final class AskingImpl implements Asking {
    @Override
    public void ask(String activity, String queue, List<Object> arguments) {
      Workflow.newUntypedActivityStub(
              ActivityOptions.newBuilder()
                  .setTaskQueue(queue)
                  .setStartToCloseTimeout(Duration.ofMinutes(1))
                  .build())
          .execute(activity, Object.class, arguments.toArray());
    }
  }

  /** Asks a worker for an activity, without any rollout around it. */
  void refused(ErrorCode code, String words, String activity, String queue, Object... arguments) {
    Asking asking =
        client.newWorkflowStub(
            Asking.class,
            WorkflowOptions.newBuilder()
                .setWorkflowId("mallory-" + UUID.randomUUID())
                .setTaskQueue(QUEUE)
                .build());
    assertThatThrownBy(() -> asking.ask(activity, queue, Arrays.asList(arguments)))
        .as(activity)
        .rootCause()
        .hasMessageContaining(words)
        .isInstanceOfSatisfying(
            ApplicationFailure.class, e -> assertThat(e.getType()).isEqualTo(code.name()));
  }

  /** Starts a rollout past the API. */
  void launchRefused(String target, RolloutRequest request, String words) {
    WorkflowStub stub =
        client.newUntypedWorkflowStub(
            "Rollout",
            WorkflowOptions.newBuilder()
                .setWorkflowId(RolloutWorkflow.workflowId(target))
                .setTaskQueue(RolloutWorkflow.CONTROL_QUEUE)
                .build());
    stub.start(request);
    assertThatThrownBy(() -> stub.getResult(Object.class))
        .rootCause()
        .hasMessageContaining(words)
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            e -> assertThat(e.getType()).isEqualTo(ErrorCode.DECISION_FORGED.name()));
  }

  @Override
  public void close() {
    worker.shutdownNow();
  }
}
