package dev.rubicon.verify;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.table.Naming;
import dev.rubicon.transition.Transition;
import dev.rubicon.transition.Transitions;
import dev.rubicon.transition.rows.VerificationResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What legacy lacks of canonical, should it become the authority again: one comparison, as
 * verification makes it.
 */
public final class RollbackLosses {
  private RollbackLosses() {}

  /**
   * @param relation legacy's name, by which the runbook calls the transition
   * @param canonical its name since the cutover; the same in place
   * @param rows that legacy lacks, has otherwise, or still has although canonical's are gone
   */
  public record Loss(String relation, String canonical, long rows) {
    /** Whether the operator meant this one. */
    public boolean isOf(Set<String> named) {
      return named.contains(relation) || named.contains(canonical);
    }
  }

  /** In one snapshot of the session's, which must have time to scan. */
  public static List<Loss> of(PhaseContext context, PgSession session, Transitions transitions) {
    session.execute("SET row_security = off");
    Verify.parallel(session, context.runbook());
    Naming.resolve(session, context.runbook());
    try (var _ = context.progress().cancelsWith(session)) {
      return session.inTransaction(
          "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
          () -> {
            HeldRelations.hold(session, transitions, context.progress());
            return read(context, session, transitions);
          });
    }
  }

  private static List<Loss> read(PhaseContext context, PgSession session, Transitions transitions) {
    var losses = new ArrayList<Loss>();
    for (Transition transition : transitions) {
      context.progress().checkCancelled();
      context.progress().update(transition.key(), 0, 0, "comparing both sides");
      VerificationResult found = transition.comparing(session).all(session);
      if (!found.agrees()) {
        losses.add(
            new Loss(
                transition.relation().toString(), transition.canonical().toString(), found.lost()));
      }
    }
    return losses;
  }
}
