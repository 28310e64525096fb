package dev.rubicon.rollback;

import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.cutover.Stamps;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.ReturnTerms;
import dev.rubicon.rollout.Stage;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.shadow.NewPartitions;
import dev.rubicon.shadow.Partitions;
import dev.rubicon.shadow.ShadowCrossing;
import dev.rubicon.shadow.ShadowPlan;
import dev.rubicon.transition.Authority;
import dev.rubicon.transition.ClientsBlocked;
import dev.rubicon.transition.Durability;
import dev.rubicon.transition.LegacyRules;
import dev.rubicon.transition.LockLadder;
import dev.rubicon.transition.OldSnapshots;
import dev.rubicon.transition.SyncPrint;
import dev.rubicon.transition.TargetLock;
import dev.rubicon.transition.TargetState;
import dev.rubicon.transition.TouchedSync;
import dev.rubicon.transition.TransitionPlan;
import dev.rubicon.transition.TransitionSql;
import java.util.List;
import java.util.stream.Stream;

/**
 * Back to legacy's authority in one transaction. Legacy has been kept current by the triggers all
 * along, so there is nothing to copy and no write to lose.
 */
public final class Rollback {

  private static final int TOUCHED_AGAIN = 3;

  /**
   * @param terms relations that may lose rows, because the engine's triggers on them were touched
   *     since the crossing; where none was, no row is read before going back
   */
  public Facts.Rollback run(PhaseContext context, ReturnTerms terms) {
    try (TargetLock lock = TargetLock.acquire(context);
        PgSession session = context.open(SessionLimits.SHORT);
        PgSession scan = context.open(SessionLimits.SCAN)) {
      TargetState.Row state = TargetState.require(session, context.input().bundle());
      if (state.stage() == Stage.CUT_OVER) {
        NewPartitions.follow(context, LockLadder.of(context.runbook().cutover()));
        lock.check();
        for (ShadowPlan plan : TargetState.shadows(session)) {
          Partitions.refuseReturnOfRows(scan, plan);
        }
        var side = new TouchedSide(context, session, scan, terms);
        for (int attempt = 1; !crossed(context, session, side.settle(), attempt); attempt++) {
          lock.check();
        }
      } else if (state.stage() != Stage.ROLLED_BACK && state.stage() != Stage.VERIFIED) {
        throw new RubiconException(
            ErrorCode.ROLLBACK_IMPOSSIBLE,
            "the target is at stage " + state.stage() + ", not cut over",
            "before a cutover: rubicon abort");
      }
      List<String> left = LegacyRules.restore(scan, context);
      if (!left.isEmpty()) {
        context.evidence().record(EvidenceNames.LEGACY_RULES_NOT_RESTORED, left);
      }
      return new Facts.Rollback(
          CatalogReader.read(session, context.runbook().schemas()).fingerprint(),
          ClientsBlocked.read(session, ClientsBlocked.Way.ROLLBACK),
          TargetState.stamped(session).stream().map(s -> s.table() + "=" + s.before()).toList(),
          TargetState.require(session, context.input().bundle()).turns(),
          Durability.of(session));
    }
  }

  /** Whether it went back; not if somebody touched the triggers just before the lock. */
  private static boolean crossed(
      PhaseContext context, PgSession session, SyncPrint settled, int attempt) {
    try {
      cross(context, session, settled);
      return true;
    } catch (RubiconException e) {
      if (e.code() != ErrorCode.TRIGGERS_TOUCHED || attempt == TOUCHED_AGAIN) {
        throw e;
      }
      return false;
    }
  }

  private static void cross(PhaseContext context, PgSession session, SyncPrint settled) {
    Runbook.Cutover wanted = context.runbook().cutover();
    List<TransitionPlan> plans = TargetState.plans(session);
    List<ShadowPlan> shadows = TargetState.shadows(session);
    List<RelationName> relations =
        Stream.concat(
                plans.stream().map(TransitionPlan::relation),
                wanted.stamps().stream().map(s -> RelationName.parse(s.table())))
            .distinct()
            .sorted()
            .toList();
    var blocked = new ClientsBlocked(session, ClientsBlocked.Way.ROLLBACK, OldSnapshots.NOBODY);
    Durability.bound(session);
    var crossed =
        LockLadder.of(wanted)
            .run(
                session,
                context.progress(),
                Stream.concat(
                        shadows.stream().flatMap(s -> ShadowCrossing.locks(session, s).stream()),
                        relations.stream())
                    .toList(),
                attempt -> {
                  Durability.askIfAttached(session);
                  for (ShadowPlan plan : shadows) {
                    ShadowCrossing.lock(
                        session, plan, ShadowCrossing.locks(session, plan), attempt.number());
                  }
                  for (RelationName relation : relations) {
                    session.execute("LOCK TABLE " + relation.sql() + " IN ACCESS EXCLUSIVE MODE");
                  }
                  blocked.locked(attempt);
                  TouchedSync.refuseAny(SyncPrint.read(session).since(settled));
                  for (TransitionPlan plan : plans) {
                    for (TransitionPlan.ColumnRule rule : plan.rules()) {
                      if (rule.notNull()) {
                        session.execute(
                            "ALTER TABLE %s ALTER COLUMN %s DROP NOT NULL"
                                .formatted(plan.relation().sql(), Identifiers.quote(rule.name())));
                      }
                    }
                    session.execute(TransitionSql.sync(plan, Authority.LEGACY));
                  }
                  for (ShadowPlan plan : shadows.reversed()) {
                    ShadowCrossing.back(session, plan);
                  }
                  Stamps.restore(session);
                  TargetState.rolledBack(session);
                  SyncPrint.installed(session);
                  SyncPrint.forget(session);
                  blocked.beforeCommit(attempt);
                  return true;
                });
    Durability.committed(session);
    blocked.committed(crossed.attempts());
    context
        .evidence()
        .record(
            EvidenceNames.ROLLBACK,
            new Returned(crossed.attempts(), LockLadder.Attempt.longest(crossed.attempts())));
  }
}
