package dev.rubicon.postgres;

import dev.rubicon.error.RubiconException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Sessions that work beside each other, each on a thread of its own; the first failure stops all of
 * them and is the one that is thrown. None is at work any more when {@link #run} returns or throws.
 */
public final class ParallelSessions {
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final List<PgSession> sessions = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  /** One session's work, from its beginning to its end. */
  public void add(PgSession session, Consumer<PgSession> work) {
    sessions.add(session);
    threads.add(
        Thread.ofPlatform()
            .daemon()
            .name("rubicon-parallel-" + threads.size())
            .unstarted(
                () -> {
                  try {
                    work.accept(session);
                  } catch (RuntimeException | Error e) {
                    fail(e);
                  }
                }));
  }

  /** Sessions that take piece after piece until none is left. */
  public <T> void add(List<T> pieces, List<PgSession> readers, BiConsumer<PgSession, T> work) {
    Queue<T> queue = new ConcurrentLinkedQueue<>(pieces);
    for (PgSession reader : readers) {
      add(
          reader,
          session -> {
            for (T piece = queue.poll(); piece != null && !failed(); piece = queue.poll()) {
              work.accept(session, piece);
            }
          });
    }
  }

  /** Whether one of them failed: the others are to end. */
  public boolean failed() {
    return failure.get() != null;
  }

  private void fail(Throwable e) {
    if (failure.compareAndSet(null, e)) {
      for (PgSession session : sessions) {
        try {
          session.cancelRunning();
        } catch (RubiconException gone) {
          // That connection is gone, and its statement with it.
          e.addSuppressed(gone);
        }
      }
    }
  }

  /** Starts them all and waits until all have ended. */
  public void run() {
    threads.forEach(Thread::start);
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          // Not gone before they are: they work on sessions that the caller is about to close.
          interrupted = true;
          fail(new IllegalStateException("interrupted", e));
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    switch (failure.get()) {
      case null -> {}
      case Error e -> throw e;
      case RuntimeException e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }
}
