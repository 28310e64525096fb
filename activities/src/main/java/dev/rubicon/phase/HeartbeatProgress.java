package dev.rubicon.phase;

import dev.rubicon.engine.Progress;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.rollout.PhaseInput;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCompletionException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Progress of a phase that runs as a Temporal activity. A thread of its own heartbeats, because the
 * phase may sit in one long statement; when Temporal says stop, it cancels what runs.
 */
final class HeartbeatProgress implements Progress, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HeartbeatProgress.class);
  private static final long INTERVAL_MILLIS = 500;

  private final ActivityExecutionContext context;
  private final Ledger ledger;
  private final PhaseInput input;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> Thread.ofPlatform().daemon().name("rubicon-heartbeat").unstarted(task));
  private final Set<Runnable> stops = ConcurrentHashMap.newKeySet();
  private final AtomicReference<Beat> latest = new AtomicReference<>(new Beat("", 0, 0, ""));
  private volatile Beat reported = new Beat("", 0, 0, "");
  private volatile Control control = Control.NONE;
  private volatile ActivityCompletionException stopped;

  /** Heartbeat details: a hint for people; a retry reads the truth from PostgreSQL. */
  record Beat(String what, long done, long total, String note) {}

  private HeartbeatProgress(ActivityExecutionContext context, Ledger ledger, PhaseInput input) {
    this.context = context;
    this.ledger = ledger;
    this.input = input;
  }

  static HeartbeatProgress start(
      ActivityExecutionContext context, Ledger ledger, PhaseInput input) {
    var progress = new HeartbeatProgress(context, ledger, input);
    progress.timer.scheduleWithFixedDelay(
        progress::beat, 0, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    return progress;
  }

  private void beat() {
    if (stopped != null) {
      // Again on every beat: a statement may have begun just after the cancellation.
      stops.forEach(HeartbeatProgress::stop);
      return;
    }
    try {
      context.heartbeat(latest.get());
    } catch (ActivityCompletionException e) {
      stopped = e;
      LOG.info(
          "{} {} is to stop: {}",
          input.rollout(),
          input.phase().word(),
          e.getClass().getSimpleName());
      stops.forEach(HeartbeatProgress::stop);
      return;
    }
    try {
      control = ledger.decisions().control(input.rollout());
      Beat now = latest.get();
      if (!now.equals(reported)) {
        ledger.phases().progress(input, now.what(), now.done(), now.total(), now.note());
        reported = now;
      }
    } catch (RuntimeException e) {
      // The ledger may be away for a while; the phase's own writes fail if it stays away.
      LOG.warn("progress of {} not entered: {}", input.phase().word(), e.getMessage());
    }
  }

  private static void stop(Runnable stop) {
    try {
      stop.run();
    } catch (RuntimeException e) {
      // One that is already gone must not keep the others from being stopped.
      LOG.debug("nothing left to stop: {}", e.getMessage());
    }
  }

  /** What Temporal said, if it said stop. */
  java.util.Optional<ActivityCompletionException> stopped() {
    return java.util.Optional.ofNullable(stopped);
  }

  @Override
  public void update(String what, long done, long total, String note) {
    latest.set(new Beat(what, done, total, note));
  }

  @Override
  public void checkCancelled() {
    if (stopped != null) {
      throw new PhaseCancelled(stopped.getClass().getSimpleName());
    }
  }

  @Override
  public Handle cancelsWith(PgSession session) {
    return cancelsWith(session::cancelRunning);
  }

  @Override
  public Handle cancelsWith(Runnable stop) {
    checkCancelled();
    stops.add(stop);
    return () -> stops.remove(stop);
  }

  @Override
  public Control control() {
    return control;
  }

  @Override
  public void close() {
    timer.shutdownNow();
    Beat last = latest.get();
    if (stopped == null && !last.equals(reported)) {
      ledger.phases().progress(input, last.what(), last.done(), last.total(), last.note());
    }
  }
}
