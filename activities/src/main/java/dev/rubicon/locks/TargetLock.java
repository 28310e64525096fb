package dev.rubicon.locks;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.server.Primary;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One activity at a time per target: a session-level advisory lock on a session of its own, which
 * runs a statement every two seconds. A holder that has been silent for ten seconds belongs to a
 * worker that is gone (the server has not noticed that its connection is dead): it is terminated,
 * because otherwise no worker could go on until TCP gives up, hours later.
 */
public final class TargetLock implements AutoCloseable {
  private static final long KEY = 0x5255_4249_434f_4eL; // "RUBICON"
  private static final Duration PULSE = Duration.ofSeconds(2);
  private static final int SILENT_SECONDS = 10;

  private final PgSession session;
  private final AtomicReference<RubiconException> lost = new AtomicReference<>();
  private final Thread pulse;
  private volatile long alive = System.nanoTime();
  private volatile boolean closed;

  private TargetLock(PgSession session) {
    this.session = session;
    this.pulse = Thread.ofPlatform().daemon().name("rubicon-target-lock").start(this::pulse);
  }

  /** Waits for half a minute at most. */
  public static TargetLock acquire(PhaseContext context) {
    return acquire(context, Duration.ofSeconds(30));
  }

  public static TargetLock acquire(PhaseContext context, Duration patience) {
    PgSession session = context.open(SessionLimits.SHORT);
    boolean held = false;
    try {
      Primary.require(session, context.target().name());
      long end = System.nanoTime() + patience.toNanos();
      while (!session.value("SELECT pg_try_advisory_lock(?)", KEY).equals("t")) {
        context.progress().checkCancelled();
        Optional<Holder> holder = holder(session);
        if (holder.isPresent() && holder.get().stale()) {
          session.value("SELECT pg_terminate_backend(?)", holder.get().pid());
          context
              .evidence()
              .record(
                  LockEvidence.TERMINATED_SESSION,
                  "pid "
                      + holder.get().pid()
                      + " ("
                      + holder.get().name()
                      + ") held the target's lock and had been silent for "
                      + SILENT_SECONDS
                      + " s: its worker is gone");
        }
        if (System.nanoTime() > end) {
          throw new RubiconException(
              ErrorCode.TARGET_BUSY,
              "another activity works on target '"
                  + context.target().name()
                  + "': "
                  + holder.map(h -> "pid " + h.pid() + ", " + h.name()).orElse("unknown"),
              "wait for it, or see what runs: rubicon status");
        }
        Thread.sleep(200);
      }
      Predecessor.end(context, session);
      held = true;
      return new TargetLock(session);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new dev.rubicon.engine.Progress.PhaseCancelled("interrupted");
    } finally {
      if (!held) {
        session.close();
      }
    }
  }

  private record Holder(int pid, String name, boolean stale) {}

  private static Optional<Holder> holder(PgSession session) {
    return session.first(
        """
        SELECT a.pid, coalesce(a.application_name, ''),
               a.usename = current_user AND a.application_name LIKE 'rubicon/%'
               AND a.state = 'idle' AND a.state_change < clock_timestamp() - make_interval(secs => ?)
        FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
        WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
          AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND (l.classid::bigint << 32 | l.objid::bigint) = ?
        """,
        row -> new Holder(row.getInt(1), row.getString(2), row.getBoolean(3)), SILENT_SECONDS, KEY);
  }

  private void pulse() {
    while (!closed) {
      try {
        Thread.sleep(PULSE);
        synchronized (session) {
          if (!closed) {
            long asked = System.nanoTime();
            session.execute("SELECT 'alive'");
            alive = asked;
          }
        }
      } catch (InterruptedException e) {
        return;
      } catch (RubiconException e) {
        lost.compareAndSet(null, e);
        return;
      }
    }
  }

  /** Fails once the lock is gone: another worker may hold it now, and this one must stop. */
  public void check() {
    Duration silent = Duration.ofNanos(System.nanoTime() - alive);
    if (silent.toSeconds() >= SILENT_SECONDS) {
      // Another worker may have ended the lock's session already, and this one may not have noticed
      // yet.
      throw new RubiconException(
          ErrorCode.CONNECTION_LOST,
          "this worker was silent for " + silent.toSeconds() + " s, longer than its lock is good",
          "it is retried with a new connection");
    }
    RubiconException reason = lost.get();
    if (reason != null) {
      throw new RubiconException(
          ErrorCode.CONNECTION_LOST,
          "the session that held the target's lock ended: " + reason.getMessage(),
          "it is retried with a new connection",
          reason.getCause());
    }
  }

  /** For tests: as if it had last shown so long ago that it lives. */
  void silentFor(Duration duration) {
    alive = System.nanoTime() - duration.toNanos();
  }

  @Override
  public void close() {
    closed = true;
    pulse.interrupt();
    synchronized (session) {
      session.close();
    }
  }
}
