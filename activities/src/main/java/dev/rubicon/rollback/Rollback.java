package dev.rubicon.rollback;

import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.installed.ClientsBlocked;
import dev.rubicon.installed.Durability;
import dev.rubicon.installed.OthersChanges;
import dev.rubicon.installed.RelaxedConstraints;
import dev.rubicon.installed.TargetState;
import dev.rubicon.installed.sync.SyncFingerprint;
import dev.rubicon.installed.sync.TouchedSync;
import dev.rubicon.locks.LockLadder;
import dev.rubicon.locks.OldSnapshots;
import dev.rubicon.locks.SharedWait;
import dev.rubicon.locks.StepRunner;
import dev.rubicon.locks.TargetLock;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.ReturnTerms;
import dev.rubicon.rollout.TargetStage;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stamp.Stamps;
import dev.rubicon.transition.Transition;
import dev.rubicon.transition.Transitions;
import java.util.ArrayList;
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
      if (state.stage() == TargetStage.CUT_OVER) {
        Transitions.follow(context, LockLadder.of(context.runbook().cutover()));
        lock.check();
        Transitions.installed(session).forEach(transition -> transition.refuseReturn(scan));
        noteOthers(context, session);
        var side = new TouchedSide(context, session, scan, terms);
        for (int attempt = 1; !crossed(context, session, side.settle(), attempt); attempt++) {
          lock.check();
        }
      } else if (state.stage() != TargetStage.ROLLED_BACK
          && state.stage() != TargetStage.VERIFIED) {
        throw new RubiconException(
            ErrorCode.ROLLBACK_IMPOSSIBLE,
            "the target is at stage " + state.stage() + ", not cut over",
            "before a cutover: rubicon abort");
      }
      List<String> left = RelaxedConstraints.restore(scan, context);
      if (!left.isEmpty()) {
        context.evidence().record(EvidenceNames.LEGACY_RULES_NOT_RESTORED, left);
      }
      if (OthersChanges.under(session, Phase.ROLLBACK)) {
        OthersChanges.settle(session, context.runbook().schemas());
      }
      return new Facts.Rollback(
          CatalogReader.read(session, context.runbook().schemas()).fingerprint(),
          ClientsBlocked.read(session, ClientsBlocked.Way.ROLLBACK),
          TargetState.stamped(session).stream().map(s -> s.table() + "=" + s.before()).toList(),
          TargetState.require(session, context.input().bundle()).turns(),
          Durability.of(session));
    }
  }

  /** For the gate to which it returns: afterwards their names belong to the other side. */
  private static void noteOthers(PhaseContext context, PgSession session) {
    List<String> schemas = context.runbook().schemas();
    OthersChanges.note(session, OthersChanges.standing(session, schemas));
    OthersChanges.begin(session, schemas, Phase.ROLLBACK);
  }

  /** Whether it went back; not if the triggers were changed just before the lock. */
  private static boolean crossed(
      PhaseContext context, PgSession session, SyncFingerprint settled, int attempt) {
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

  private static void cross(PhaseContext context, PgSession session, SyncFingerprint settled) {
    Runbook.Cutover wanted = context.runbook().cutover();
    Transitions transitions = Transitions.installed(session);
    List<RelationName> stamped = Stamps.relations(session, wanted, transitions);
    var blocked = new ClientsBlocked(session, ClientsBlocked.Way.ROLLBACK, OldSnapshots.NOBODY);
    Durability.bound(session);
    var crossed =
        LockLadder.of(wanted)
            .run(
                session,
                context.progress(),
                Stream.concat(
                        transitions.stream().flatMap(t -> t.lockedAtCutover(session).stream()),
                        stamped.stream())
                    .toList(),
                attempt -> {
                  Durability.askIfAttached(session);
                  var locks =
                      new ArrayList<>(
                          transitions.locks(
                              t -> t.lock(session, t.lockedAtCutover(session), attempt.number())));
                  locks.add(() -> Stamps.locks(stamped));
                  SharedWait.take(session, locks);
                  blocked.locked(attempt);
                  TouchedSync.refuseAny(SyncFingerprint.read(session).since(settled));
                  for (Transition transition : transitions.reversed()) {
                    StepRunner.run(session, transition.back(session));
                  }
                  Stamps.restore(session);
                  TargetState.rolledBack(session);
                  SyncFingerprint.installed(session);
                  SyncFingerprint.forget(session);
                  blocked.beforeCommit(attempt);
                  return true;
                });
    Durability.committed(session);
    blocked.committed(crossed.attempts());
    context
        .evidence()
        .record(
            Returned.EVIDENCE,
            new Returned(crossed.attempts(), LockLadder.Attempt.longest(crossed.attempts())));
  }
}
