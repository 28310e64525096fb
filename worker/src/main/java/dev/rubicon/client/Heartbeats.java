package dev.rubicon.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.common.converter.DataConverter;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Reads pending activities: Temporal itself knows them, no worker has to answer. */
final class Heartbeats {
  private final TemporalConnection temporal;

  Heartbeats(TemporalConnection temporal) {
    this.temporal = temporal;
  }

  List<LiveProgress> of(String workflowId) {
    var options = temporal.client().getOptions();
    var request =
        DescribeWorkflowExecutionRequest.newBuilder()
            .setNamespace(options.getNamespace())
            .setExecution(WorkflowExecution.newBuilder().setWorkflowId(workflowId))
            .build();
    try {
      return temporal
          .service()
          .blockingStub()
          .describeWorkflowExecution(request)
          .getPendingActivitiesList()
          .stream()
          .map(pending -> read(pending, options.getDataConverter()))
          .toList();
    } catch (RuntimeException e) {
      throw TemporalFailures.coded(e, workflowId);
    }
  }

  private static LiveProgress read(PendingActivityInfo pending, DataConverter converter) {
    JsonNode said =
        Optional.of(pending.getHeartbeatDetails())
            .filter(details -> details.getPayloadsCount() > 0)
            .map(
                details ->
                    converter.fromPayloads(0, Optional.of(details), JsonNode.class, JsonNode.class))
            .orElseGet(com.fasterxml.jackson.databind.node.MissingNode::getInstance);
    var beat = pending.getLastHeartbeatTime();
    return new LiveProgress(
        pending.getActivityType().getName(),
        pending.getAttempt(),
        said.path("what").asText(""),
        said.path("done").asLong(0),
        said.path("total").asLong(0),
        said.path("note").asText(""),
        failure(pending, converter),
        Instant.ofEpochSecond(beat.getSeconds(), beat.getNanos()));
  }

  private static String failure(PendingActivityInfo pending, DataConverter converter) {
    if (!pending.hasLastFailure()) {
      return "";
    }
    var thrown = converter.failureToException(pending.getLastFailure());
    var coded = TemporalFailures.coded(thrown, pending.getActivityType().getName());
    return coded.code() + ": " + coded.getMessage();
  }
}
