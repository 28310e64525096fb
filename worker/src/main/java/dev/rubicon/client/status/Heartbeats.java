package dev.rubicon.client.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.rubicon.temporal.Execution;
import dev.rubicon.temporal.TaskQueues;
import dev.rubicon.temporal.TemporalFailures;
import io.temporal.api.enums.v1.PendingActivityState;
import io.temporal.api.failure.v1.Failure;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.common.converter.DataConverter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Reads pending activities: Temporal itself knows them, no worker has to answer. */
public final class Heartbeats {
  /** How an attempt ends whose worker stops in good order. */
  private static final String SHUTDOWN = "ActivityWorkerShutdownException";

  private static final Duration HANDED_OVER = Duration.ofSeconds(2);

  private Heartbeats() {}

  public static List<LiveProgress> of(Execution execution, DataConverter converter) {
    return execution.pending().stream().map(pending -> read(pending, converter)).toList();
  }

  private static LiveProgress read(PendingActivityInfo pending, DataConverter converter) {
    JsonNode said =
        Optional.of(pending.getHeartbeatDetails())
            .filter(details -> details.getPayloadsCount() > 0)
            .map(
                details ->
                    converter.fromPayloads(0, Optional.of(details), JsonNode.class, JsonNode.class))
            .orElseGet(MissingNode::getInstance);
    return new LiveProgress(
        pending.getActivityType().getName(),
        pending.getAttempt(),
        said.path("what").asText(""),
        said.path("done").asLong(0),
        said.path("total").asLong(0),
        said.path("note").asText(""),
        pending.hasLastFailure()
            ? Optional.of(failure(pending.getLastFailure(), converter))
            : Optional.empty(),
        seen(pending),
        waits(pending));
  }

  /** Every worker has all queues: while one runs, a slot is what an activity waits for. */
  private static Optional<String> waits(PendingActivityInfo pending) {
    if (pending.getState() != PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED
        || !due(pending)) {
      return Optional.empty();
    }
    return TaskQueues.of(pending.getActivityType().getName())
        .map(queue -> "waits for a worker with a free slot on queue " + queue);
  }

  /** Long enough that a free worker would have taken it. A server may not say since when. */
  private static boolean due(PendingActivityInfo pending) {
    var scheduled = pending.getScheduledTime();
    return scheduled.getSeconds() > 0
        ? Instant.ofEpochSecond(scheduled.getSeconds()).plus(HANDED_OVER).isBefore(Instant.now())
        : pending.getAttempt() <= 1;
  }

  /** Before the first heartbeat a server leaves the time out, or says 1970. */
  private static Optional<Instant> seen(PendingActivityInfo pending) {
    var beat = pending.getLastHeartbeatTime();
    return pending.hasLastHeartbeatTime() && beat.getSeconds() > 0
        ? Optional.of(Instant.ofEpochSecond(beat.getSeconds(), beat.getNanos()))
        : Optional.empty();
  }

  static String failure(Failure failure, DataConverter converter) {
    boolean workerGone =
        failure.hasTimeoutFailureInfo()
            || failure.getApplicationFailureInfo().getType().endsWith(SHUTDOWN);
    if (workerGone) {
      return "its worker was gone";
    }
    var coded = TemporalFailures.coded(converter.failureToException(failure), "the activity");
    return coded.code() + ": " + coded.getMessage();
  }
}
