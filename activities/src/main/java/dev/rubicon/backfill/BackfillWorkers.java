package dev.rubicon.backfill;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The sessions that fill: as many as the runbook asks for, fewer where connections are short. */
record BackfillWorkers(List<PgSession> sessions) implements AutoCloseable {

  static BackfillWorkers open(PhaseContext context) {
    var workers = new BackfillWorkers(new ArrayList<>());
    int wanted = context.target().allowance().parallel(context.runbook().backfill().parallel());
    try {
      while (workers.sessions.size() < wanted) {
        PgSession session;
        try {
          session = context.open(SessionLimits.SHORT);
        } catch (RubiconException e) {
          if (e.code() != ErrorCode.TOO_MANY_CONNECTIONS || workers.sessions.isEmpty()) {
            throw e;
          }
          workers.leaveOneFree(context, wanted);
          return workers;
        }
        workers.sessions.add(session);
        session.limits(limits(session));
        // Reading a key range never profits from a sequential scan, even where the statistics say
        // so.
        session.execute("SET enable_seqscan = off");
        // Row security would hide rows from the backfill: fail rather than leave them out.
        session.execute("SET row_security = off");
      }
      return workers;
    } catch (RuntimeException e) {
      workers.close();
      throw e;
    }
  }

  /** The last one that was to be had is for the clients. */
  private void leaveOneFree(PhaseContext context, int wanted) {
    if (sessions.size() > 1) {
      sessions.removeLast().close();
    }
    context
        .evidence()
        .record(
            EvidenceNames.FEWER_SESSIONS,
            "the server had connections for " + sessions.size() + " of " + wanted + " sessions");
  }

  /**
   * The batch fails rather than the client: its limits are below {@code deadlock_timeout}, and
   * short for locks.
   */
  private static SessionLimits limits(PgSession session) {
    long deadlock =
        Long.parseLong(
            session.value("SELECT setting FROM pg_settings WHERE name = 'deadlock_timeout'"));
    return new SessionLimits(
        Duration.ofMillis(Math.max(20, Math.min(100, deadlock / 4))),
        Duration.ofMillis(Math.max(50, deadlock * 9 / 10)));
  }

  @Override
  public void close() {
    sessions.forEach(PgSession::close);
  }
}
