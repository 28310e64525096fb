package dev.rubicon.expand;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SessionLimits;

/**
 * Looks, from a session of its own, how far an index build has come, and reports it as progress.
 */
final class IndexProgress implements AutoCloseable {
  private final PhaseContext context;
  private final RelationName index;
  private final int pid;
  private final Thread thread;
  private volatile boolean closed;

  IndexProgress(PhaseContext context, PgSession building, RelationName index) {
    this.context = context;
    this.index = index;
    this.pid = Integer.parseInt(building.value("SELECT pg_catalog.pg_backend_pid()"));
    this.thread = Thread.ofPlatform().daemon().name("rubicon-index-progress").start(this::watch);
  }

  private void watch() {
    try (PgSession session = context.open(SessionLimits.SHORT)) {
      while (!closed) {
        session.first(
            """
            SELECT phase, blocks_done + tuples_done, blocks_total + tuples_total,
                   lockers_total - lockers_done
            FROM pg_stat_progress_create_index WHERE pid = ?
            """,
            row -> {
              context
                  .progress()
                  .update(
                      index.toString(),
                      row.getLong(2),
                      row.getLong(3),
                      row.getString(1)
                          + (row.getLong(4) > 0
                              ? ": waits for " + row.getLong(4) + " transactions"
                              : ""));
              return true;
            },
            pid);
        Thread.sleep(500);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RubiconException e) {
      // Only the picture is lost; the build goes on and says for itself how it ended.
      org.slf4j.LoggerFactory.getLogger(IndexProgress.class)
          .debug("no progress of index {}: {}", index, e.code());
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
