package dev.rubicon.verify;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.shadow.ShadowOpening;
import dev.rubicon.shadow.ShadowPlan;
import dev.rubicon.shadow.ShadowVerification;
import dev.rubicon.transition.TransitionCompiler;
import dev.rubicon.transition.TransitionPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What legacy lacks of canonical, should it become the authority again: one comparison, as
 * verification makes it.
 */
public final class Losses {
  private Losses() {}

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
  public static List<Loss> of(
      PhaseContext context,
      PgSession session,
      List<TransitionPlan> plans,
      List<ShadowPlan> shadows) {
    session.execute("SET row_security = off");
    Verify.parallel(session, context.runbook());
    session.execute(
        "SET search_path = " + TransitionCompiler.searchPath(context.runbook()) + ", pg_catalog");
    try (var _ = context.progress().cancelsWith(session)) {
      return session.inTransaction(
          "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
          () -> {
            HeldRelations.hold(session, plans, shadows, context.progress());
            return read(context, session, plans, shadows);
          });
    }
  }

  private static List<Loss> read(
      PhaseContext context,
      PgSession session,
      List<TransitionPlan> plans,
      List<ShadowPlan> shadows) {
    var losses = new ArrayList<Loss>();
    for (TransitionPlan plan : plans) {
      context.progress().checkCancelled();
      context.progress().update(plan.relation().toString(), 0, 0, "comparing both sides");
      var found = new RelationVerification(plan).run(session);
      if (!found.agrees()) {
        losses.add(
            new Loss(
                found.relation(), found.relation(), found.mismatchedRows() + found.unfilled()));
      }
    }
    for (ShadowPlan plan : shadows) {
      context.progress().checkCancelled();
      context.progress().update(plan.key(), 0, 0, "comparing both relations");
      boolean open = ShadowOpening.isOpen(session, plan);
      var found = new ShadowVerification(plan, open).run(session);
      if (!found.agrees()) {
        losses.add(
            new Loss(
                plan.legacy().name().toString(),
                plan.to().toString(),
                found.extra() + found.mismatchedRows() + found.missing()));
      }
    }
    return losses;
  }
}
