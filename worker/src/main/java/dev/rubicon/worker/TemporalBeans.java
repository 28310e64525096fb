package dev.rubicon.worker;

import com.uber.m3.tally.RootScopeBuilder;
import com.uber.m3.tally.Scope;
import com.uber.m3.util.Duration;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.rollout.Tool;
import dev.rubicon.temporal.TemporalConnection;
import dev.rubicon.workflow.RolloutWorkflow;
import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.temporal.common.reporter.MicrometerClientStatsReporter;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerOptions;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Temporal's objects, from the configuration. */
@Factory
final class TemporalBeans {
  /** A worker may be up before the server; it waits rather than ends. */
  private static final java.time.Duration PATIENCE = java.time.Duration.ofMinutes(1);

  private static final int CONTROL_SLOTS = 8;

  @Singleton
  @Bean(preDestroy = "close")
  Scope metrics(MeterRegistry registry) {
    return new RootScopeBuilder()
        .reporter(new MicrometerClientStatsReporter(registry))
        .reportEvery(Duration.ofSeconds(5));
  }

  @Singleton
  @Bean(preDestroy = "close")
  TemporalConnection temporal(RubiconConfig config, Scope metrics) {
    return TemporalConnection.open(
        config.temporal(),
        metrics,
        PATIENCE,
        Optional.of(new HandOver(config.heartbeatTimeout()).poll()));
  }

  /**
   * Four queues. What decides and notifies is short and never waits for what moves data; what moves
   * data never waits for what watches.
   */
  @Singleton
  WorkerFactory workers(
      RubiconConfig config, TemporalConnection temporal, Registrations registrations) {
    WorkerFactory factory = WorkerFactory.newInstance(temporal.client());
    var handOver = new HandOver(config.heartbeatTimeout());
    RubiconConfig.Worker slots = config.worker();
    // A hook that deploys may take a minute: for every target at once it still leaves some free.
    int deciding = CONTROL_SLOTS + config.targets().size();
    Worker control = factory.newWorker(RolloutWorkflow.CONTROL_QUEUE, options(deciding, handOver));
    control.registerWorkflowImplementationTypes(registrations.workflows().toArray(Class<?>[]::new));
    control.registerActivitiesImplementations(registrations.control().toArray());
    Worker ddl = factory.newWorker(RolloutWorkflow.DDL_QUEUE, options(slots.ddlSlots(), handOver));
    ddl.registerActivitiesImplementations(registrations.ddl().toArray());
    Worker data =
        factory.newWorker(RolloutWorkflow.DATA_QUEUE, options(slots.dataSlots(), handOver));
    data.registerActivitiesImplementations(registrations.data().toArray());
    Worker watch =
        factory.newWorker(RolloutWorkflow.WATCH_QUEUE, options(slots.watchSlots(), handOver));
    watch.registerActivitiesImplementations(registrations.watch().toArray());
    return factory;
  }

  // Its successor, deployment options, says nothing to the server of workers that are not pinned.
  @SuppressWarnings("deprecation")
  private static WorkerOptions options(int activities, HandOver handOver) {
    return WorkerOptions.newBuilder()
        .setIdentity(TemporalConnection.identity())
        // Only reported with each task: any worker continues a rollout.
        .setBuildId(Tool.VERSION)
        .setMaxConcurrentActivityExecutionSize(activities)
        .setMaxConcurrentActivityTaskPollers(2)
        .setMaxConcurrentWorkflowTaskPollers(2)
        // A cold JVM on a busy machine loads classes for longer than a second, and no workflow
        // blocks: the detector would only make queries fail.
        .setDefaultDeadlockDetectionTimeout(10_000)
        // A backfill that paces itself by the second must not be reported as silent.
        .setMaxHeartbeatThrottleInterval(handOver.heartbeat())
        .build();
  }
}
