package dev.rubicon.worker;

import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import io.micronaut.context.ApplicationContext;
import io.micronaut.http.server.exceptions.ServerStartupException;
import io.micronaut.runtime.server.EmbeddedServer;
import io.temporal.worker.WorkerFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Task queues and, unless it is switched off, the HTTP API; from start to an orderly end. */
public final class WorkerProcess implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerProcess.class);

  /** What an activity has to notice that it is to stop, and to cancel its statement. */
  private static final int DRAIN_SECONDS = 20;

  private final ApplicationContext context;
  private final WorkerFactory workers;
  private final Optional<EmbeddedServer> http;
  private final CountDownLatch ended = new CountDownLatch(1);

  private WorkerProcess(
      ApplicationContext context, WorkerFactory workers, Optional<EmbeddedServer> http) {
    this.context = context;
    this.workers = workers;
    this.http = http;
  }

  /**
   * Starts polling and serving.
   *
   * @param serve whether the HTTP API is served
   */
  public static WorkerProcess start(RubiconConfig config, boolean serve) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("micronaut.server.host", config.http().host());
    properties.put("micronaut.server.port", config.http().port() == 0 ? -1 : config.http().port());
    ApplicationContext context =
        ApplicationContext.builder()
            .singletons(config)
            .properties(properties)
            .banner(false)
            .start();
    try {
      WorkerFactory workers = context.getBean(WorkerFactory.class);
      workers.start();
      Optional<EmbeddedServer> http =
          serve ? Optional.of(context.getBean(EmbeddedServer.class).start()) : Optional.empty();
      LOG.info("polling {} at {}", config.temporal().namespace(), config.temporal().address());
      http.ifPresent(server -> LOG.info("HTTP API at {}", server.getURI()));
      return new WorkerProcess(context, workers, http);
    } catch (ServerStartupException e) {
      context.close();
      throw new RubiconException(
          ErrorCode.CONFIG_INVALID,
          "the HTTP API cannot listen on " + config.http().host() + ":" + config.http().port(),
          "free that port, change http.port, or start without it: rubicon worker --http off",
          e);
    } catch (RuntimeException e) {
      context.close();
      throw e;
    }
  }

  /** Where the HTTP API is; empty when it is not served. */
  public Optional<String> url() {
    return http.map(server -> server.getURI().toString());
  }

  /** Waits until {@link #close} was called. */
  public void await() throws InterruptedException {
    ended.await();
  }

  /**
   * Stops polling; running activities learn at their next heartbeat that they are to stop, and
   * another worker takes them over.
   */
  @Override
  public void close() {
    if (ended.getCount() == 0) {
      return;
    }
    LOG.info("stopping: no new work, up to {} s for what runs", DRAIN_SECONDS);
    workers.shutdown();
    workers.awaitTermination(DRAIN_SECONDS, TimeUnit.SECONDS);
    if (!workers.isTerminated()) {
      LOG.warn("some work did not stop in time; another worker takes it over");
      workers.shutdownNow();
    }
    context.close();
    ended.countDown();
  }
}
