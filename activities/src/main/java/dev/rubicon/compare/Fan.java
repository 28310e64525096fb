package dev.rubicon.compare;

import dev.rubicon.error.RubiconException;
import dev.rubicon.target.PgSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;

/**
 * Connections that take piece after piece from a queue until it is empty; the first failure stops
 * all of them and is the one that is told.
 */
final class Fan {
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final List<PgSession> sessions = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  /**
   * @param readers connections that work on these pieces
   */
  <T> void add(List<T> pieces, List<PgSession> readers, BiConsumer<PgSession, T> work) {
    Queue<T> queue = new ConcurrentLinkedQueue<>(pieces);
    sessions.addAll(readers);
    for (PgSession session : readers) {
      threads.add(
          Thread.ofVirtual()
              .unstarted(
                  () -> {
                    try {
                      for (T piece = queue.poll();
                          piece != null && failure.get() == null;
                          piece = queue.poll()) {
                        work.accept(session, piece);
                      }
                    } catch (RuntimeException | Error e) {
                      if (failure.compareAndSet(null, e)) {
                        stop(e);
                      }
                    }
                  }));
    }
  }

  private void stop(Throwable first) {
    for (PgSession session : sessions) {
      try {
        session.cancelRunning();
      } catch (RubiconException e) {
        // That connection is gone, and its statement with it.
        first.addSuppressed(e);
      }
    }
  }

  void run() {
    threads.forEach(Thread::start);
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    switch (failure.get()) {
      case null -> {}
      case Error e -> throw e;
      case RuntimeException e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }
}
