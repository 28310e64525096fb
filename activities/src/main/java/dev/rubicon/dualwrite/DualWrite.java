package dev.rubicon.dualwrite;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.expand.ConcurrentIndexes;
import dev.rubicon.installed.OwnTransactions;
import dev.rubicon.installed.TargetState;
import dev.rubicon.installed.sync.SyncFingerprint;
import dev.rubicon.locks.LockEvidence;
import dev.rubicon.locks.LockLadder;
import dev.rubicon.locks.StepRunner;
import dev.rubicon.locks.TargetLock;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.TargetStage;
import dev.rubicon.transition.OwnChanges;
import dev.rubicon.transition.Transition;
import dev.rubicon.transition.Transitions;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Installs columns, defaults, functions and triggers, one short transaction per relation: from its
 * commit on, every write keeps both sides in step.
 */
public final class DualWrite {
  private final LockLadder ladder;

  public DualWrite() {
    this(LockLadder.DDL);
  }

  public DualWrite(LockLadder ladder) {
    this.ladder = ladder;
  }

  public Facts.DualWrite run(PhaseContext context) {
    try (TargetLock lock = TargetLock.acquire(context);
        PgSession session = context.open(SessionLimits.SHORT)) {
      TargetState.require(session, context.input().bundle());
      Transitions installed = Transitions.installed(session);
      // All are compiled before the first is installed: a refusal leaves nothing behind.
      Transitions missing = installed.missing(session, context.runbook());
      Transitions all = installed.with(missing);
      missing.forEach(transition -> transition.refuseRows(context, missing));
      OwnChanges.during(context, session, all, () -> install(context, lock, session, missing, all));
      context.evidence().record(Transitions.GROUPS, all.groups());
      return new Facts.DualWrite(
          all.stream().map(t -> t.relation().toString()).distinct().sorted().toList(),
          all.stream().mapToInt(Transition::triggers).sum());
    }
  }

  private boolean install(
      PhaseContext context,
      TargetLock lock,
      PgSession session,
      Transitions missing,
      Transitions all) {
    prepare(session, missing);
    var locks = new LinkedHashMap<String, List<LockLadder.Attempt>>();
    var runner = new StepRunner(session, context.progress(), ladder);
    for (Transition transition : missing) {
      lock.check();
      context.progress().update(transition.key(), 0, 1, "installing triggers");
      locks.put(
          transition.key(),
          runner.run(
              transition.sides(session),
              _ -> transition.install(session, context.runbook(), all),
              () -> {
                StepRunner.run(session, transition.grants(session));
                transition.stored(session).keep(session);
                SyncFingerprint.installed(session);
                OwnTransactions.note(session);
              }));
    }
    if (!locks.isEmpty()) {
      context.evidence().record(LockEvidence.LOCKS, locks);
    }
    TargetState.atLeast(session, TargetStage.DUAL_WRITING);
    new ConcurrentIndexes(context).build(ConcurrentIndexes.Group.ON_TRANSITION_COLUMNS);
    return true;
  }

  private static void prepare(PgSession session, Transitions missing) {
    session.inTransaction(
        () -> {
          missing.forEach(transition -> StepRunner.run(session, transition.prepare()));
          SyncFingerprint.installed(session);
          return true;
        });
  }
}
