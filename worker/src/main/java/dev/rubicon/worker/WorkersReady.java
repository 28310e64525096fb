package dev.rubicon.worker;

import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import io.micronaut.management.health.indicator.annotation.Readiness;
import io.temporal.worker.WorkerFactory;
import jakarta.inject.Singleton;
import java.util.Map;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** Ready means: the pollers run. */
@Singleton
@Readiness
final class WorkersReady implements HealthIndicator {
  private final WorkerFactory workers;

  WorkersReady(WorkerFactory workers) {
    this.workers = workers;
  }

  @Override
  public Publisher<HealthResult> getResult() {
    boolean polling = workers.isStarted() && !workers.isShutdown();
    return Mono.just(
        HealthResult.builder("temporal-workers", polling ? HealthStatus.UP : HealthStatus.DOWN)
            .details(Map.of("polling", polling))
            .build());
  }
}
