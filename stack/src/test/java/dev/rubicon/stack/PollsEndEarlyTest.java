package dev.rubicon.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflowservice.v1.PollActivityTaskQueueRequest;
import io.temporal.api.workflowservice.v1.PollWorkflowTaskQueueRequest;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PollsEndEarlyTest {
  /** One that is still open at its deadline may take a task with it that nobody hears of. */
  @Test
  void anEmptyCallForWorkIsAnsweredBeforeItsDeadline() throws Exception {
    var queue = TaskQueue.newBuilder().setName("empty").build();
    try (var server = EmbeddedTemporal.start(0, List.of())) {
      ManagedChannel channel =
          Grpc.newChannelBuilder(server.address(), InsecureChannelCredentials.create()).build();
      try {
        var calls =
            WorkflowServiceGrpc.newFutureStub(channel).withDeadlineAfter(4, TimeUnit.SECONDS);
        var workflow =
            calls.pollWorkflowTaskQueue(
                PollWorkflowTaskQueueRequest.newBuilder()
                    .setNamespace("default")
                    .setTaskQueue(queue)
                    .build());
        var activity =
            calls.pollActivityTaskQueue(
                PollActivityTaskQueueRequest.newBuilder()
                    .setNamespace("default")
                    .setTaskQueue(queue)
                    .build());
        assertThat(workflow.get().getTaskToken()).isEqualTo(ByteString.EMPTY);
        assertThat(activity.get().getTaskToken()).isEqualTo(ByteString.EMPTY);
      } finally {
        channel.shutdownNow();
      }
    }
  }
}
