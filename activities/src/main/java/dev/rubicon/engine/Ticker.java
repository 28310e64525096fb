package dev.rubicon.engine;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/** Looks again and again while the phase's own thread sits in something long. */
public final class Ticker implements AutoCloseable {
  private final ScheduledExecutorService timer;

  private Ticker(String name) {
    timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().daemon().name(name).unstarted(task));
  }

  public static Ticker every(Duration period, String name, Runnable look) {
    var ticker = new Ticker(name);
    ticker.timer.scheduleWithFixedDelay(
        () -> {
          try {
            look.run();
          } catch (RuntimeException e) {
            // What it looks after fails by itself, and says why; the next look comes all the same.
            LoggerFactory.getLogger(Ticker.class).warn("{}: {}", name, e.getMessage());
          }
        },
        period.toMillis(),
        period.toMillis(),
        TimeUnit.MILLISECONDS);
    return ticker;
  }

  /** When it returns, no look is under way and none will come. */
  @Override
  public void close() {
    timer.shutdown();
    boolean interrupted = false;
    while (!timer.isTerminated()) {
      try {
        timer.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        timer.shutdownNow();
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
