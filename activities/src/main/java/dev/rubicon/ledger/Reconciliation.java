package dev.rubicon.ledger;

import static dev.rubicon.ledger.jooq.Tables.CONTRACT_EXECUTION;
import static dev.rubicon.ledger.jooq.Tables.PHASE_RUN;
import static dev.rubicon.ledger.jooq.Tables.ROLLOUT;

import dev.rubicon.ledger.audit.AuditEntry;
import dev.rubicon.ledger.audit.AuditTrail;
import dev.rubicon.ledger.audit.AuditTrail.Anchor;
import dev.rubicon.ledger.audit.HistoryEvent;
import dev.rubicon.ledger.audit.HistoryStatus;
import dev.rubicon.ledger.audit.LedgerChange;
import dev.rubicon.ledger.audit.NewAuditEntry;
import dev.rubicon.ledger.connection.Continuity;
import dev.rubicon.ledger.connection.LedgerConnections;
import dev.rubicon.ledger.connection.LedgerJson;
import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.message.RolloutStatus.PhaseRun;
import dev.rubicon.rollout.AuditHead;
import dev.rubicon.workflow.RolloutWorkflow;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.impl.DSL;

/**
 * Brings back what a ledger has lost that was restored from an older dump: from Temporal's
 * histories. What is there already stays as it is; each entry that is appended says that it was
 * brought back, from where and by whom, and which entry it replaces.
 */
public final class Reconciliation {
  private static final String GATE = "gate-";

  private final LedgerConnections connections;

  Reconciliation(LedgerConnections connections) {
    this.connections = connections;
  }

  /**
   * In the order in which it happened.
   *
   * @param by the principal who asks for it
   * @param store keeps a gate's new anchor; before the commit, so that no entry is without one
   */
  public void bringBack(HistoryEvent event, String by, Consumer<Anchor> store) {
    connections.transact(
        context -> {
          NewAuditEntry newEntry = marked(event, by);
          bringBack(context, event, newEntry)
              .filter(_ -> newEntry.action().startsWith(GATE))
              .map(back -> anchor(newEntry, back))
              .ifPresent(store);
          return true;
        });
  }

  private static Anchor anchor(NewAuditEntry newEntry, AuditTrail.Entered back) {
    String gate = newEntry.action().substring(GATE.length());
    return new Anchor(newEntry.rollout(), gate, back.seq(), back.hash());
  }

  private static NewAuditEntry marked(HistoryEvent event, String by) {
    var mark = new LinkedHashMap<String, Object>();
    mark.put("from", event.from());
    mark.put("at", event.at().toString());
    mark.put("by", by);
    event
        .head()
        .filter(head -> head.sequence() > 0)
        .ifPresent(
            (AuditHead head) -> {
              mark.put("seq", head.sequence());
              mark.put("hash", head.hash());
            });
    return event.newEntry().with(AuditEntry.RECONCILED, mark);
  }

  private static Optional<AuditTrail.Entered> bringBack(
      DSLContext context, HistoryEvent event, NewAuditEntry newEntry) {
    OffsetDateTime at = at(event.at());
    return switch (event.change()) {
      case LedgerChange.Entered _ -> {
        Continuity.requireKnown(context, newEntry.rollout());
        var back = Decisions.enter(context, newEntry, DSL.val(at));
        // A decision that voided approvals then is entered even if it finds none to void now.
        yield back.isPresent() ? back : Optional.of(AuditTrail.append(context, newEntry));
      }
      case LedgerChange.Launched(var launch) -> {
        launch(context, launch, at, newEntry.detail().get(AuditEntry.RECONCILED));
        yield Optional.of(AuditTrail.append(context, newEntry));
      }
      case LedgerChange.Ended(var rollout, var end, var status) -> {
        Continuity.requireKnown(context, rollout);
        // One that a later launch has taken for lost had ended, after all.
        ExecutionStatuses.end(context, rollout, end, status, at, true);
        yield Optional.of(AuditTrail.append(context, newEntry));
      }
      case LedgerChange.ContractStarted(var of, var workflowId, var runId) -> {
        completed(context, of, at);
        ExecutionStatuses.enterContract(context, of.rollout(), workflowId, runId, of.requestedBy());
        context
            .update(CONTRACT_EXECUTION)
            .set(CONTRACT_EXECUTION.STARTED_AT, at)
            .where(CONTRACT_EXECUTION.ROLLOUT.eq(of.rollout()))
            .and(CONTRACT_EXECUTION.RUN_ID.eq(runId))
            .and(CONTRACT_EXECUTION.STARTED_AT.gt(at))
            .execute();
        yield Optional.of(AuditTrail.append(context, newEntry));
      }
      case LedgerChange.ContractEnded(var rollout, var status) -> {
        ExecutionStatuses.endContract(context, rollout, status, at);
        yield Optional.of(AuditTrail.append(context, newEntry));
      }
    };
  }

  private static void launch(
      DSLContext context, LedgerRollout.Launch launch, OffsetDateTime at, Object mark) {
    Launches.lockTarget(context, launch.target());
    if (context.fetchExists(ROLLOUT, ROLLOUT.ID.eq(launch.id()))) {
      return;
    }
    String later =
        context
            .select(ROLLOUT.ID)
            .from(ROLLOUT)
            .where(ROLLOUT.TARGET.eq(launch.target()))
            .and(ROLLOUT.STATE.in(Ledger.LIVE))
            .and(ROLLOUT.LAUNCHED_AT.gt(at))
            .fetchOne(ROLLOUT.ID);
    if (later == null) {
      // As its launch did.
      for (String id : Launches.supersede(context, launch)) {
        AuditTrail.append(
            context,
            "superseded",
            id,
            launch.requestedBy(),
            "superseded",
            Map.of("by", launch.id(), AuditEntry.RECONCILED, mark));
      }
    }
    Launches.insert(context, launch, later == null ? "running" : "superseded");
    context
        .update(ROLLOUT)
        .set(ROLLOUT.LAUNCHED_AT, at)
        .set(ROLLOUT.SUPERSEDED_BY, later)
        .set(ROLLOUT.OUTCOME, later == null ? "" : "superseded")
        .set(ROLLOUT.ENDED_AT, later == null ? null : LedgerConnections.now())
        .where(ROLLOUT.ID.eq(launch.id()))
        .execute();
  }

  /** A contract follows a completed rollout, whose own history may be gone by then. */
  private static void completed(DSLContext context, RolloutRequest of, OffsetDateTime at) {
    if (context.fetchExists(ROLLOUT, ROLLOUT.ID.eq(of.rollout()))) {
      return;
    }
    Launches.insert(
        context,
        new LedgerRollout.Launch(
            of.rollout(),
            of.target(),
            of.bundle(),
            of.runbook(),
            of.runbook(),
            of.requestedBy(),
            RolloutWorkflow.workflowId(of.target()),
            ""),
        "completed");
    context
        .update(ROLLOUT)
        .set(ROLLOUT.LAUNCHED_AT, at)
        .set(ROLLOUT.ENDED_AT, at)
        .set(ROLLOUT.OUTCOME, "completed; only its contract's history is known")
        .where(ROLLOUT.ID.eq(of.rollout()))
        .execute();
  }

  /**
   * Enters where an execution stands, unless its workflow has reported since.
   *
   * @param back whether entries of that rollout were brought back: a ledger that has lost nothing
   *     is more current, because a phase is entered there before Temporal records it
   */
  public void catchUp(HistoryStatus last, boolean back) {
    connections.transact(
        context -> {
          OffsetDateTime at = at(last.at());
          if (!back && knows(context, last)) {
            return 0;
          }
          phases(context, last.rollout(), last.status().phases());
          return last.contract()
              ? context
                  .update(CONTRACT_EXECUTION)
                  .set(CONTRACT_EXECUTION.STATUS, LedgerJson.write(last.status()))
                  .set(CONTRACT_EXECUTION.STATUS_AT, at)
                  .where(CONTRACT_EXECUTION.ROLLOUT.eq(last.rollout()))
                  .and(CONTRACT_EXECUTION.RUN_ID.eq(last.status().run()))
                  .and(CONTRACT_EXECUTION.STATE.eq("running"))
                  .and(
                      CONTRACT_EXECUTION.STATUS_AT.isNull().or(CONTRACT_EXECUTION.STATUS_AT.lt(at)))
                  .execute()
              : context
                  .update(ROLLOUT)
                  .set(ROLLOUT.STATE, last.status().state().word())
                  .set(
                      ROLLOUT.PHASE, unlessBegun(last, ROLLOUT.PHASE, last.status().phase().word()))
                  .set(ROLLOUT.ROUND, unlessBegun(last, ROLLOUT.ROUND, last.status().round()))
                  .set(ROLLOUT.DIGEST, last.status().digest().orElse(""))
                  .set(ROLLOUT.NOTE, last.note())
                  .set(ROLLOUT.RUN_ID, last.status().run())
                  .set(ROLLOUT.STATUS, LedgerJson.write(last.status()))
                  .set(ROLLOUT.STATUS_AT, at)
                  .where(ROLLOUT.ID.eq(last.rollout()))
                  .and(ROLLOUT.STATE.in(Ledger.LIVE))
                  .and(ROLLOUT.STATUS_AT.isNull().or(ROLLOUT.STATUS_AT.lt(at)))
                  .execute();
        });
  }

  private static boolean knows(DSLContext context, HistoryStatus last) {
    return last.contract()
        ? context.fetchExists(
            CONTRACT_EXECUTION,
            CONTRACT_EXECUTION
                .ROLLOUT
                .eq(last.rollout())
                .and(CONTRACT_EXECUTION.RUN_ID.eq(last.status().run()))
                .and(CONTRACT_EXECUTION.STATUS.isNotNull()))
        : context.fetchExists(
            ROLLOUT, ROLLOUT.ID.eq(last.rollout()).and(ROLLOUT.STATUS.isNotNull()));
  }

  /** A phase that began since has set them. */
  private static <T> Field<T> unlessBegun(HistoryStatus last, Field<T> column, T value) {
    return DSL.when(
            DSL.exists(
                DSL.selectOne()
                    .from(PHASE_RUN)
                    .where(PHASE_RUN.ROLLOUT.eq(last.rollout()))
                    .and(PHASE_RUN.STARTED_AT.gt(at(last.at())))),
            column)
        .otherwise(value);
  }

  /** What the workflow knew of its phases; facts and evidence are lost. */
  private static void phases(DSLContext context, String rollout, List<PhaseRun> runs) {
    if (!context.fetchExists(ROLLOUT, ROLLOUT.ID.eq(rollout))) {
      return;
    }
    for (PhaseRun run : runs) {
      context
          .insertInto(PHASE_RUN)
          .set(PHASE_RUN.ROLLOUT, rollout)
          .set(PHASE_RUN.PHASE, run.phase().word())
          .set(PHASE_RUN.ROUND, run.round())
          .set(PHASE_RUN.OUTCOME, run.outcome())
          .set(PHASE_RUN.STARTED_AT, at(run.started()))
          .set(PHASE_RUN.ENDED_AT, run.ended().map(Reconciliation::at).orElse(null))
          .set(PHASE_RUN.SUMMARY, run.summary())
          .onConflictDoNothing()
          .execute();
    }
  }

  private static OffsetDateTime at(Instant at) {
    return at.atOffset(ZoneOffset.UTC);
  }
}
