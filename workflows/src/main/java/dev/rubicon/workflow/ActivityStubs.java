package dev.rubicon.workflow;

import dev.rubicon.activity.ControlActivities;
import dev.rubicon.activity.DataPhases;
import dev.rubicon.activity.DdlPhases;
import dev.rubicon.activity.WatchPhases;
import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;

/** Activity stubs; a fresh one per call, because the summary that the UI shows is an option. */
final class ActivityStubs {
  /** A month: a backfill or a watch may well take days; liveness is the heartbeat's business. */
  private static final Duration LONG = Duration.ofDays(31);

  /** What is worth less than a rollout's going on: it is given up sooner. */
  private static final Duration ASIDE = Duration.ofMinutes(5);

  /** Longer than a connection takes to a server that answers. */
  private static final Duration GLANCE = Duration.ofSeconds(6);

  /** Longer than the ledger may keep one statement waiting for a lock. */
  private static final Duration RECORDED = Duration.ofSeconds(25);

  /**
   * Bounded: about an hour of transient trouble, then a human is asked. What no retry can mend is
   * marked non-retryable where it is thrown.
   */
  private static final RetryOptions RETRY =
      RetryOptions.newBuilder()
          .setInitialInterval(Duration.ofSeconds(1))
          .setBackoffCoefficient(2)
          .setMaximumInterval(Duration.ofSeconds(30))
          .setMaximumAttempts(120)
          .build();

  private ActivityStubs() {}

  static ControlActivities control(String summary) {
    return Workflow.newActivityStub(
        ControlActivities.class,
        options(RolloutWorkflow.CONTROL_QUEUE, summary)
            .setStartToCloseTimeout(Duration.ofMinutes(2))
            .build());
  }

  /** For a look at the target that a waiting human is not to notice. */
  static ControlActivities glance(String summary) {
    return Workflow.newActivityStub(
        ControlActivities.class,
        options(RolloutWorkflow.CONTROL_QUEUE, summary)
            .setStartToCloseTimeout(GLANCE)
            .setScheduleToCloseTimeout(GLANCE.plusSeconds(2))
            .setRetryOptions(RetryOptions.newBuilder().setMaximumAttempts(2).build())
            .build());
  }

  /**
   * For recording a decision, whose sender waits: when the worker dies, another one takes over
   * soon. The ledger takes the same record only once.
   */
  static ControlActivities recording(String summary) {
    return Workflow.newActivityStub(
        ControlActivities.class,
        options(RolloutWorkflow.CONTROL_QUEUE, summary).setStartToCloseTimeout(RECORDED).build());
  }

  /** For telling and reporting: what fails there holds nothing up. */
  static ControlActivities aside(String summary) {
    return Workflow.newActivityStub(
        ControlActivities.class,
        options(RolloutWorkflow.CONTROL_QUEUE, summary)
            .setStartToCloseTimeout(Duration.ofMinutes(2))
            .setScheduleToCloseTimeout(ASIDE)
            .build());
  }

  static DdlPhases ddl(String summary, Duration heartbeat) {
    return Workflow.newActivityStub(
        DdlPhases.class,
        options(RolloutWorkflow.DDL_QUEUE, summary)
            .setStartToCloseTimeout(LONG)
            .setHeartbeatTimeout(heartbeat)
            .build());
  }

  static DataPhases data(String summary, Duration heartbeat) {
    return Workflow.newActivityStub(
        DataPhases.class,
        options(RolloutWorkflow.DATA_QUEUE, summary)
            .setStartToCloseTimeout(LONG)
            .setHeartbeatTimeout(heartbeat)
            .build());
  }

  static WatchPhases watch(String summary, Duration heartbeat) {
    return Workflow.newActivityStub(
        WatchPhases.class,
        options(RolloutWorkflow.WATCH_QUEUE, summary)
            .setStartToCloseTimeout(LONG)
            .setHeartbeatTimeout(heartbeat)
            .build());
  }

  private static ActivityOptions.Builder options(String queue, String summary) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(queue)
        .setRetryOptions(RETRY)
        // Never go on while DDL of a cancelled attempt may still run.
        .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
        .setSummary(SummaryText.of(summary));
  }
}
