package dev.rubicon.cli.terminal;

import dev.rubicon.engine.Progress;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Progress of work that this process does itself, on stderr. Ctrl-C cancels the running statement
 * and waits, so that scratch databases are dropped and child processes end.
 */
public final class Foreground implements Progress, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Foreground.class);
  private static final int PATIENCE_SECONDS = 15;

  private final Console console;
  private final Set<Runnable> stops = ConcurrentHashMap.newKeySet();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread hook = new Thread(this::stop, "stop");
  private volatile boolean cancelled;
  private volatile String told = "";

  private Foreground(Console console) {
    this.console = console;
  }

  public static Foreground start(Console console) {
    var progress = new Foreground(console);
    Runtime.getRuntime().addShutdownHook(progress.hook);
    return progress;
  }

  private void stop() {
    cancelled = true;
    try {
      // Again and again: a statement may have begun just after the signal.
      for (int second = 0; second < PATIENCE_SECONDS; second++) {
        stops.forEach(Foreground::attempt);
        if (ended.await(1, TimeUnit.SECONDS)) {
          return;
        }
      }
      console.progress("it does not stop; databases named rubicon_scratch_... may stay behind");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What is already gone must not keep the rest from being stopped. */
  private static void attempt(Runnable stop) {
    try {
      stop.run();
    } catch (RubiconException e) {
      LOG.debug("nothing left to stop: {}", e.getMessage());
    }
  }

  @Override
  public void update(String what, long done, long total, String note) {
    if (!what.equals(told)) {
      told = what;
      console.progress(what);
    }
  }

  @Override
  public void checkCancelled() {
    if (cancelled) {
      throw new PhaseCancelled("interrupted");
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
    return Control.NONE;
  }

  @Override
  public void close() {
    ended.countDown();
    if (!cancelled) {
      Runtime.getRuntime().removeShutdownHook(hook);
    }
  }
}
