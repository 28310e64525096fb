package dev.rubicon.ledger;

import static dev.rubicon.ledger.jooq.Tables.ROLLOUT;

import dev.rubicon.ledger.audit.AuditTrail;
import dev.rubicon.ledger.audit.LedgerChange;
import dev.rubicon.ledger.connection.LedgerConnections;
import dev.rubicon.ledger.entry.LedgerRollout;
import java.util.List;
import java.util.Map;
import org.jooq.DSLContext;

/** How a rollout comes into the ledger. */
final class Launches {
  private Launches() {}

  /**
   * Enters the rollout. Temporal allows one live rollout per target, so an older one without an end
   * is one whose history was lost: it is superseded.
   *
   * @return ids of those superseded
   */
  static List<String> enter(DSLContext context, LedgerRollout.Launch launch) {
    lockTarget(context, launch.target());
    if (context.fetchExists(ROLLOUT, ROLLOUT.ID.eq(launch.id()))) {
      context
          .update(ROLLOUT)
          .set(ROLLOUT.RUN_ID, launch.runId())
          .where(ROLLOUT.ID.eq(launch.id()))
          .execute();
      return supersededBy(context, launch.id());
    }
    List<String> superseded = supersede(context, launch);
    insert(context, launch, "running");
    for (String id : superseded) {
      AuditTrail.append(
          context, "superseded", id, launch.requestedBy(), "superseded", Map.of("by", launch.id()));
    }
    AuditTrail.append(context, new LedgerChange.Launched(launch).newEntry());
    return superseded;
  }

  /** Launches of one target come one after another. */
  static void lockTarget(DSLContext context, String target) {
    context.fetch(
        "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", "rubicon_ledger.rollout/" + target);
  }

  static void insert(DSLContext context, LedgerRollout.Launch launch, String state) {
    context
        .insertInto(ROLLOUT)
        .set(ROLLOUT.ID, launch.id())
        .set(ROLLOUT.TARGET, launch.target())
        .set(ROLLOUT.BUNDLE, launch.bundle())
        .set(ROLLOUT.RUNBOOK, launch.runbook())
        .set(ROLLOUT.TITLE, launch.title())
        .set(ROLLOUT.REQUESTED_BY, launch.requestedBy())
        .set(ROLLOUT.STATE, state)
        .set(ROLLOUT.WORKFLOW_ID, launch.workflowId())
        .set(ROLLOUT.RUN_ID, launch.runId())
        .execute();
  }

  static List<String> supersede(DSLContext context, LedgerRollout.Launch launch) {
    return context
        .update(ROLLOUT)
        .set(ROLLOUT.STATE, "superseded")
        .set(ROLLOUT.OUTCOME, "superseded")
        .set(ROLLOUT.SUPERSEDED_BY, launch.id())
        .set(ROLLOUT.ENDED_AT, LedgerConnections.now())
        .where(ROLLOUT.TARGET.eq(launch.target()))
        .and(ROLLOUT.STATE.in(Ledger.LIVE))
        .returningResult(ROLLOUT.ID)
        .fetch(ROLLOUT.ID);
  }

  private static List<String> supersededBy(DSLContext context, String id) {
    return context
        .select(ROLLOUT.ID)
        .from(ROLLOUT)
        .where(ROLLOUT.SUPERSEDED_BY.eq(id))
        .orderBy(ROLLOUT.LAUNCHED_AT)
        .fetch(ROLLOUT.ID);
  }
}
