package dev.rubicon.verify;

import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.installed.TargetState;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.table.Naming;
import dev.rubicon.transition.Transition;
import dev.rubicon.transition.Transitions;
import dev.rubicon.transition.rows.OneTable;
import dev.rubicon.transition.rows.TwoTables;
import dev.rubicon.transition.rows.VerificationResult;
import dev.rubicon.transition.rows.Verifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What phase verify compares, on demand: one read-only snapshot, no lock of its own, nothing
 * recorded, nothing added to the target.
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
    List<TwoTables> shadows,
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
      Transitions transitions =
          state.isPresent() ? Transitions.installed(session) : new Transitions(List.of());
      if (transitions.all().isEmpty()) {
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
      Naming.resolve(session, runbook);
      return session.inTransaction(
          "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
          () -> {
            HeldRelations.hold(session, transitions, progress);
            return read(session, target, runbook, state.get(), transitions, progress);
          });
    }
  }

  private static Comparison read(
      PgSession session,
      Target target,
      Runbook runbook,
      TargetState.Row state,
      Transitions transitions,
      Progress progress) {
    var found = new Found();
    var broken = new TreeMap<String, Long>();
    for (Transition transition : transitions) {
      progress.checkCancelled();
      progress.update(transition.key(), 0, 0, "comparing both sides");
      Verifier comparing = transition.comparing(session);
      VerificationResult compared = comparing.all(session);
      compared.tellTo(found.with(compared.agrees() ? List.of() : rows(comparing, session)));
      broken.putAll(transition.violations(session));
    }
    var invariants = new LinkedHashMap<String, Long>();
    for (Runbook.Invariant invariant : runbook.verify().invariants()) {
      progress.checkCancelled();
      invariants.put(invariant.name(), Invariants.violations(session, invariant));
    }
    List<String> missing = CanonicalComparison.missing(runbook, session);
    boolean agrees =
        found.agree
            && broken.isEmpty()
            && invariants.values().stream().allMatch(rows -> rows == 0)
            && missing.isEmpty();
    return new Comparison(
        state.rollout(),
        target.name(),
        state.stage().name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'),
        found.relations,
        found.shadows,
        broken,
        invariants,
        missing,
        agrees);
  }

  private static List<Row> rows(Verifier comparing, PgSession session) {
    return comparing.disagreeing(session, MOST_ROWS).stream()
        .map(row -> new Row(row.key(), row.columns()))
        .toList();
  }

  /** What is shown of each. */
  private static final class Found implements VerificationResult.Audience {
    private final List<Relation> relations = new ArrayList<>();
    private final List<TwoTables> shadows = new ArrayList<>();
    private List<Row> rows = List.of();
    private boolean agree = true;

    /** Rows of the next result. */
    Found with(List<Row> disagreeing) {
      rows = disagreeing;
      return this;
    }

    @Override
    public void oneTable(OneTable found) {
      agree &= found.agrees();
      relations.add(
          new Relation(
              found.relation(),
              found.rows(),
              found.unfilled(),
              found.bothSet(),
              found.mismatchedRows(),
              found.mismatches(),
              found.keyColumns(),
              rows));
    }

    @Override
    public void twoTables(TwoTables found) {
      agree &= found.agrees();
      shadows.add(found);
    }
  }
}
