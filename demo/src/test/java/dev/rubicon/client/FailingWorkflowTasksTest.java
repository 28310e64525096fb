package dev.rubicon.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rubicon.config.RubiconConfig;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.message.RolloutResult;
import dev.rubicon.stack.DevTemporal;
import dev.rubicon.temporal.TemporalConnection;
import dev.rubicon.temporal.Updates;
import dev.rubicon.temporal.WorkflowTasks;
import dev.rubicon.workflow.Attributes;
import dev.rubicon.workflow.RolloutWorkflow;
import io.temporal.client.WorkflowOptions;
import io.temporal.worker.WorkerFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On the server that people run: the in-process one does not tell of workflow tasks. */
@Timeout(180)
final class FailingWorkflowTasksTest {
  private static final String ID = RolloutWorkflow.workflowId("prod");

  /** A definition whose code fails: its workflow tasks fail, again and again. */
  public static final class Broken extends FakeRollout {
    @Override
    public RolloutResult run(RolloutRequest request) {
      throw new IllegalStateException("not a business outcome");
    }
  }

  @Test
  void theyAreFoundAndAreOverWithTheRightDefinition(@TempDir Path folder) {
    assumeTrue(DevTemporal.program().isPresent(), "not run: there is no 'temporal' program");
    try (var server = DevTemporal.start(folder.resolve("temporal.db"), 0, 0, Attributes.NAMES);
        var temporal =
            TemporalConnection.open(
                new RubiconConfig.Temporal(
                    server.address(),
                    "default",
                    false,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()))) {
      var options =
          WorkflowOptions.newBuilder()
              .setWorkflowId(ID)
              .setTaskQueue(RolloutWorkflow.CONTROL_QUEUE)
              .build();
      temporal
          .client()
          .newUntypedWorkflowStub("Rollout", options)
          .start(new RolloutRequest("prod-1", "prod", "b", "checks-canonical", "alice"));
      var tasks = new WorkflowTasks(temporal);
      assertThat(tasks.failing(ID)).isEmpty();

      WorkerFactory broken = work(temporal, Broken.class);
      while (tasks.failing(ID).isEmpty()) {
        Updates.pause(Duration.ofMillis(50));
      }
      assertThat(tasks.failing(ID).orElseThrow())
          .isEqualTo("the workflow's code fails; the worker's log says where");
      broken.shutdownNow();

      WorkerFactory right = work(temporal, FakeRollout.class);
      while (tasks.failing(ID).isPresent()) {
        Updates.pause(Duration.ofMillis(50));
      }
      right.shutdownNow();
    }
  }

  private static WorkerFactory work(TemporalConnection temporal, Class<?> definition) {
    WorkerFactory factory = WorkerFactory.newInstance(temporal.client());
    factory
        .newWorker(RolloutWorkflow.CONTROL_QUEUE)
        .registerWorkflowImplementationTypes(definition);
    factory.start();
    return factory;
  }
}
