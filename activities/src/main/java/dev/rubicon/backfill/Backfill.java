package dev.rubicon.backfill;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Stage;
import dev.rubicon.shadow.NewPartitions;
import dev.rubicon.shadow.ShadowCopy;
import dev.rubicon.shadow.ShadowPlan;
import dev.rubicon.transition.LockLadder;
import dev.rubicon.transition.TargetLock;
import dev.rubicon.transition.TargetState;
import dev.rubicon.transition.TransitionCompiler;
import dev.rubicon.transition.TransitionPlan;
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
        Lanes lanes = Lanes.open(context)) {
      TargetState.require(scan, context.input().bundle());
      var plans = TargetState.plans(scan);
      List<ShadowPlan> shadows = TargetState.shadows(scan);
      if (plans.size() + shadows.size() < context.runbook().transitions().size()) {
        throw new RubiconException(
            ErrorCode.EXPAND_FAILED, "dual write is not installed", "rubicon status");
      }
      NewPartitions.follow(context, LockLadder.DDL);
      // Row security would hide rows from us; rather fail than leave them out.
      scan.execute("SET row_security = off");
      scan.execute(
          "SET search_path = " + TransitionCompiler.searchPath(context.runbook()) + ", pg_catalog");
      try {
        for (TransitionPlan plan : plans) {
          new RelationBackfill(context, lock, lanes.sessions(), scan, new Walk(plan), changes)
              .run();
          rows.put(plan.relation().toString(), count(scan, plan.relation()));
        }
        for (ShadowPlan plan : shadows) {
          var filling = new ShadowFilling(ShadowCopy.of(scan, plan));
          new RelationBackfill(context, lock, lanes.sessions(), scan, filling, changes).run();
          rows.put(plan.legacy().name().toString(), count(scan, filling.relation()));
        }
      } catch (RuntimeException e) {
        recordDespite(context, scan, e);
        throw e;
      }
      context.evidence().record(EvidenceNames.THROUGHPUT, Throughput.read(scan));
      TargetState.atLeast(scan, Stage.BACKFILLED);
      return new Facts.Backfill(rows, Throughput.moved(scan), HeldTimes.read(scan));
    }
  }

  /** What was done until it failed; the failure is what counts. */
  private static void recordDespite(
      PhaseContext context, PgSession scan, RuntimeException failure) {
    try {
      context.evidence().record(EvidenceNames.THROUGHPUT, Throughput.read(scan));
    } catch (RubiconException alsoGone) {
      failure.addSuppressed(alsoGone);
    }
  }

  private static long count(PgSession session, RelationName relation) {
    return Long.parseLong(session.value("SELECT count(*) FROM " + relation.sql()));
  }
}
