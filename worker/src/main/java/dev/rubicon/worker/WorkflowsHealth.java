package dev.rubicon.worker;

import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.RubiconException;
import dev.rubicon.temporal.TemporalConnection;
import dev.rubicon.temporal.WorkflowTasks;
import dev.rubicon.workflow.ContractWorkflow;
import dev.rubicon.workflow.RolloutWorkflow;
import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Healthy means: no workflow of a target stands still because its workflow tasks fail. A worker
 * whose definition does not fit an execution's history polls on as if nothing were wrong.
 */
@Singleton
final class WorkflowsHealth implements HealthIndicator {
  private static final String NAME = "workflows";

  private final RubiconConfig config;
  private final WorkflowTasks tasks;

  WorkflowsHealth(RubiconConfig config, TemporalConnection temporal) {
    this.config = config;
    this.tasks = new WorkflowTasks(temporal);
  }

  @Override
  public Publisher<HealthResult> getResult() {
    return Mono.fromCallable(this::look).subscribeOn(Schedulers.boundedElastic());
  }

  private HealthResult look() {
    var failing = new TreeMap<String, String>();
    try {
      for (String id : ids()) {
        tasks.failing(id).ifPresent(reason -> failing.put(id, reason));
      }
    } catch (RubiconException e) {
      return result(HealthStatus.DOWN, Map.of("temporal", e.getMessage()));
    }
    return failing.isEmpty()
        ? result(HealthStatus.UP, Map.of())
        : result(HealthStatus.DOWN, Map.of("failing", failing));
  }

  private List<String> ids() {
    return config.targets().keySet().stream()
        .sorted()
        .flatMap(
            target ->
                Stream.of(RolloutWorkflow.workflowId(target), ContractWorkflow.workflowId(target)))
        .toList();
  }

  private static HealthResult result(HealthStatus status, Map<String, Object> details) {
    return HealthResult.builder(NAME, status).details(details).build();
  }
}
