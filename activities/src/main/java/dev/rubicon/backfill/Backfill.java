package dev.rubicon.backfill;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.installed.TargetState;
import dev.rubicon.locks.LockLadder;
import dev.rubicon.locks.TargetLock;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.TargetStage;
import dev.rubicon.table.Naming;
import dev.rubicon.transition.Transition;
import dev.rubicon.transition.Transitions;
import dev.rubicon.transition.rows.BackfillSql;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Fills the rows that no client has touched since the triggers stand. A batch is one transaction; a
 * crash loses at most the one in flight; the marker column says what is missing.
 */
public final class Backfill {
  public Facts.Backfill run(PhaseContext context) {
    var rows = new TreeMap<String, Long>();
    var changes = new ArrayList<Throttle.Change>();
    try (TargetLock lock = TargetLock.acquire(context);
        PgSession scan = context.open(SessionLimits.SCAN);
        BackfillWorkers workers = BackfillWorkers.open(context)) {
      TargetState.require(scan, context.input().bundle());
      Transitions transitions = Transitions.installed(scan);
      if (transitions.all().size() < context.runbook().transitions().size()) {
        throw new RubiconException(
            ErrorCode.EXPAND_FAILED, "dual write is not installed", "rubicon status");
      }
      Transitions.follow(context, LockLadder.DDL);
      // Row security would hide rows from the backfill: fail rather than leave them out.
      scan.execute("SET row_security = off");
      Naming.resolve(scan, context.runbook());
      try {
        for (Transition transition : transitions) {
          BackfillSql filling = transition.filling(scan);
          new RelationBackfill(context, lock, workers.sessions(), scan, filling, changes).run();
          analyse(context, scan, transition.sides(scan).getLast());
          rows.put(transition.relation().toString(), count(scan, filling.relation()));
        }
      } catch (RuntimeException e) {
        recordDespite(context, scan, e);
        throw e;
      }
      context.evidence().record(Throughput.EVIDENCE, Throughput.read(scan));
      TargetState.atLeast(scan, TargetStage.BACKFILLED);
      return new Facts.Backfill(rows, Throughput.moved(scan), HeldTimes.read(scan));
    }
  }

  /**
   * Clients come to canonical before autovacuum does, which never looks at a partitioned table
   * itself: without statistics PostgreSQL would plan their queries for a table that is tiny. The
   * lock (SHARE UPDATE EXCLUSIVE) is in nobody's way but a vacuum's.
   */
  private static void analyse(PhaseContext context, PgSession scan, RelationName canonical) {
    LockLadder.DDL.run(
        scan,
        context.progress(),
        List.of(canonical),
        () -> {
          scan.execute("ANALYZE " + canonical.sql());
          return canonical;
        });
  }

  /** What was done until it failed; the failure is what counts. */
  private static void recordDespite(
      PhaseContext context, PgSession scan, RuntimeException failure) {
    try {
      context.evidence().record(Throughput.EVIDENCE, Throughput.read(scan));
    } catch (RubiconException alsoGone) {
      failure.addSuppressed(alsoGone);
    }
  }

  private static long count(PgSession session, RelationName relation) {
    return Long.parseLong(session.value("SELECT count(*) FROM " + relation.sql()));
  }
}
