package dev.rubicon.verify;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.installed.OwnTransactions;
import dev.rubicon.installed.StoredTransition;
import dev.rubicon.installed.sync.SyncFingerprint;
import dev.rubicon.installed.sync.TouchedSync;
import dev.rubicon.locks.ConstraintBuild;
import dev.rubicon.locks.LockLadder;
import dev.rubicon.locks.Step;
import dev.rubicon.locks.StepRunner;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SqlFailure;
import dev.rubicon.transition.Transition;
import dev.rubicon.transition.Transitions;
import java.util.List;

/**
 * What follows a verification that agrees: canonical gets its constraints, and clients may write
 * it.
 */
final class CanonicalOpening {
  private final PhaseContext context;
  private final PgSession session;
  private final StepRunner runner;
  private final Transitions transitions;

  CanonicalOpening(
      PhaseContext context, PgSession session, LockLadder ladder, Transitions transitions) {
    this.context = context;
    this.session = session;
    this.runner = new StepRunner(session, context.progress(), ladder);
    this.transitions = transitions;
  }

  /**
   * Adds and validates the constraints that are missing; may be repeated.
   *
   * @param crossed whether canonical is the authority by now
   */
  void constrain(boolean crossed) {
    for (Transition transition : transitions) {
      context.progress().update(transition.key(), 0, 0, "adding constraints");
      for (ConstraintBuild constraint :
          transition.constrain(session, context.runbook(), transitions, crossed)) {
        context.progress().checkCancelled();
        constraint
            .add()
            .ifPresent(add -> context.evidence().record(constraint.evidence(), alone(add)));
        constraint.validate().forEach(this::validate);
      }
    }
  }

  private List<LockLadder.Attempt> alone(Step step) {
    return runner.run(
        step.locks().stream().map(Step.Lock::relation).toList(),
        _ -> List.of(step),
        () -> OwnTransactions.note(session));
  }

  private void validate(Step step) {
    context.progress().checkCancelled();
    try (var _ = context.progress().cancelsWith(session)) {
      alone(step);
    } catch (RubiconException e) {
      context.progress().checkCancelled();
      if (SqlFailure.state(e).equals("23514") || SqlFailure.state(e).equals("23503")) {
        throw new RubiconException(
            ErrorCode.INVARIANT_VIOLATED,
            "rows break a rule of canonical: " + step.id(),
            "see the phase's evidence, mend the data, then resume",
            e.getCause());
      }
      throw e;
    }
  }

  /**
   * Lets clients write canonical where they may not yet. All at once: a client that finds one part
   * of a row open may count on the other.
   *
   * @param compared the sync as it stood before both sides were compared
   * @return the same, with what this has changed of it
   */
  SyncFingerprint open(SyncFingerprint compared) {
    List<Transition> closed = transitions.stream().filter(t -> !t.isOpen(session)).toList();
    if (closed.isEmpty()) {
      return compared;
    }
    var seen = new SyncFingerprint[] {compared};
    List<RelationName> canonical = closed.stream().map(t -> t.sides(session).getLast()).toList();
    runner.run(
        canonical,
        _ -> {
          // Before functions are replaced: that would hide what somebody else changed in them.
          TouchedSync.refuse(SyncFingerprint.read(session).since(compared));
          return closed.stream().flatMap(t -> t.open(session, transitions).stream()).toList();
        },
        () -> {
          closed.forEach(transition -> StoredTransition.opened(session, transition.key()));
          seen[0] = compared.with(SyncFingerprint.installed(session));
          OwnTransactions.note(session);
        });
    return seen[0];
  }
}
