package dev.rubicon.contract;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.installed.OthersObjects;
import dev.rubicon.installed.StoredTransition;
import dev.rubicon.installed.TargetSchema;
import dev.rubicon.leaving.LeavingEnd;
import dev.rubicon.locks.LockEvidence;
import dev.rubicon.locks.LockLadder;
import dev.rubicon.locks.SharedWait;
import dev.rubicon.locks.StepRunner;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SqlFailure;
import dev.rubicon.table.Naming;
import dev.rubicon.transition.Transition;
import dev.rubicon.transition.Transitions;
import java.util.List;
import java.util.stream.Stream;

/**
 * What takes away: the runbook's own statements, every transition's end, and schema {@code
 * rubicon}, in one transaction. So nothing is gone where anything fails, and the way back stays.
 */
final class Retirement {
  private Retirement() {}

  static void run(PhaseContext context, PgSession session) {
    Transitions transitions = Transitions.installed(session);
    List<RelationName> relations =
        Stream.concat(
                transitions.stream().flatMap(t -> t.standing(session).stream()),
                LeavingEnd.standing(session, context.runbook()).stream())
            .distinct()
            .toList();
    List<String> files = context.runbook().contract().sql();
    context.progress().update("contract", 0, 0, "retiring " + retired(transitions));
    List<LockLadder.Attempt> attempts =
        LockLadder.DDL
            .run(
                session,
                context.progress(),
                relations,
                attempt -> {
                  take(context, session, transitions, attempt.number());
                  return true;
                })
            .attempts();
    files.forEach(file -> context.evidence().record(LockEvidence.LOCKS_OF_FILE.of(file), attempts));
    for (Transition transition : transitions) {
      context.evidence().record(LockEvidence.LOCKS_OF_RELATION.of(transition.relation()), attempts);
    }
  }

  /** In the caller's transaction. */
  static void take(PhaseContext context, PgSession session, Transitions transitions, int attempt) {
    Naming.resolveLocally(session, context.runbook());
    // The owner's own shims go first: what they hang on is about to go.
    for (String file : context.runbook().contract().sql()) {
      session.execute(context.bundle().text(file));
    }
    LeavingEnd.take(session, context.runbook());
    OthersObjects.refuse(
        session, transitions.retires(session, context.runbook()), "rubicon contract");
    SharedWait.take(session, transitions.locks(t -> t.lock(session, t.standing(session), attempt)));
    for (Transition transition : transitions.toRetire()) {
      try {
        StepRunner.run(session, transition.retire(session, context.runbook(), transitions));
      } catch (RubiconException e) {
        throw SqlFailure.state(e).equals("2BP01") ? stillUsed(transition, e) : e;
      }
      StoredTransition.uninstalled(session, transition.key());
    }
    OthersObjects.refuse(session, List.of(), "rubicon contract");
    session.execute(TargetSchema.DROP);
  }

  private static RubiconException stillUsed(Transition transition, RubiconException e) {
    return new RubiconException(
        ErrorCode.TRANSITION_UNSUPPORTED,
        transition.retired() + " is still used: " + e.getMessage(),
        "nothing was taken away; drop or rebuild what depends on it, then: rubicon contract",
        e.getCause());
  }

  private static List<String> retired(Transitions transitions) {
    return transitions.stream().map(Transition::retired).distinct().toList();
  }
}
