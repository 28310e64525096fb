package dev.rubicon.verify;

import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.shadow.ShadowOpening;
import dev.rubicon.shadow.ShadowPlan;
import dev.rubicon.shadow.ShadowVerification;
import dev.rubicon.transition.TargetState;
import dev.rubicon.transition.TransitionCompiler;
import dev.rubicon.transition.TransitionPlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What phase verify compares, for whoever asks in between: one read-only snapshot, no lock of ours,
 * nothing recorded, nothing added to the target.
 *
 * @param stage of the rollout on the target
 * @param shadows legacy relations and their canonical ones
 * @param rulesBroken canonical's rules to the number of rows that break them
 * @param invariants of the runbook to the number of rows that they return
 * @param missing what canonical has and the target lacks
 */
public record Comparison(
    String rollout,
    String target,
    String stage,
    List<Relation> relations,
    List<ShadowVerification.Result> shadows,
    Map<String, Long> rulesBroken,
    Map<String, Long> invariants,
    List<String> missing,
    boolean agrees) {
  private static final int MOST_ROWS = 20;

  /**
   * @param rows compared
   * @param unfilled rows that the backfill has not reached
   * @param bothSet rows where one writer set both sides, which stand as written
   * @param mismatches column to rows that disagree
   * @param disagreeing the first rows that disagree
   */
  public record Relation(
      String relation,
      long rows,
      long unfilled,
      long bothSet,
      long mismatchedRows,
      Map<String, Long> mismatches,
      List<String> keyColumns,
      List<Row> disagreeing) {}

  /** One row that disagrees: its key, and in which columns. */
  public record Row(List<String> key, List<String> columns) {}

  /**
   * @param bundles runbook of a bundle's digest
   */
  public static Comparison of(
      Target target, SessionTag tag, Function<String, Runbook> bundles, Progress progress) {
    try (PgSession session = PgSession.open(target, tag, SessionLimits.SCAN);
        var _ = progress.cancelsWith(session)) {
      Optional<TargetState.Row> state = TargetState.find(session);
      List<TransitionPlan> plans = state.isPresent() ? TargetState.plans(session) : List.of();
      List<ShadowPlan> shadows = state.isPresent() ? TargetState.shadows(session) : List.of();
      if (plans.isEmpty() && shadows.isEmpty()) {
        throw new RubiconException(
            ErrorCode.ROLLOUT_UNKNOWN,
            state
                    .map(s -> s.rollout() + " stands at " + s.stage() + ": there are no two sides")
                    .orElse("no rollout is installed on " + target.name())
                + " to compare",
            "rubicon status --target " + target.name());
      }
      Runbook runbook = bundles.apply(state.get().bundle());
      session.execute("SET row_security = off");
      Verify.parallel(session, runbook);
      session.execute(
          "SET search_path = " + TransitionCompiler.searchPath(runbook) + ", pg_catalog");
      return session.inTransaction(
          "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
          () -> {
            HeldRelations.hold(session, plans, shadows, progress);
            return read(session, target, runbook, state.get(), plans, shadows, progress);
          });
    }
  }

  private static Comparison read(
      PgSession session,
      Target target,
      Runbook runbook,
      TargetState.Row state,
      List<TransitionPlan> plans,
      List<ShadowPlan> shadows,
      Progress progress) {
    var relations = new ArrayList<Relation>();
    var broken = new TreeMap<String, Long>();
    for (TransitionPlan plan : plans) {
      progress.checkCancelled();
      progress.update(plan.relation().toString(), 0, 0, "comparing both sides");
      relations.add(relation(session, plan));
      broken.putAll(Constraints.violations(session, plan));
    }
    var compared = new ArrayList<ShadowVerification.Result>();
    for (ShadowPlan plan : shadows) {
      progress.checkCancelled();
      progress.update(plan.legacy().name().toString(), 0, 0, "comparing both relations");
      boolean open = ShadowOpening.isOpen(session, plan);
      compared.add(new ShadowVerification(plan, open).run(session));
    }
    var invariants = new LinkedHashMap<String, Long>();
    for (Runbook.Invariant invariant : runbook.verify().invariants()) {
      progress.checkCancelled();
      invariants.put(invariant.name(), Invariants.violations(session, invariant));
    }
    List<String> missing = CanonicalComparison.missing(runbook, session);
    boolean agrees =
        relations.stream().allMatch(r -> r.unfilled() == 0 && r.mismatchedRows() == 0)
            && compared.stream().allMatch(ShadowVerification.Result::agrees)
            && broken.isEmpty()
            && invariants.values().stream().allMatch(rows -> rows == 0)
            && missing.isEmpty();
    return new Comparison(
        state.rollout(),
        target.name(),
        state.stage().name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'),
        relations,
        compared,
        broken,
        invariants,
        missing,
        agrees);
  }

  private static Relation relation(PgSession session, TransitionPlan plan) {
    var verification = new RelationVerification(plan);
    RelationVerification.Result found = verification.run(session);
    List<Row> rows =
        found.mismatchedRows() == 0
            ? List.of()
            : verification.rows(session, MOST_ROWS).stream()
                .map(row -> new Row(row.key(), row.columns()))
                .toList();
    return new Relation(
        found.relation(),
        found.rows(),
        found.unfilled(),
        found.bothSet(),
        found.mismatchedRows(),
        found.mismatches(),
        found.keyColumns(),
        rows);
  }
}
