package dev.rubicon.verify;

import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.installed.TargetState;
import dev.rubicon.installed.sync.SyncFingerprint;
import dev.rubicon.installed.sync.TouchedSync;
import dev.rubicon.locks.LockLadder;
import dev.rubicon.locks.TargetLock;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.TargetStage;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.table.Naming;
import dev.rubicon.transition.OwnChanges;
import dev.rubicon.transition.Transition;
import dev.rubicon.transition.Transitions;
import dev.rubicon.transition.rows.VerificationResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Compares both sides inside one snapshot while traffic goes on. Dual writes share the writer's
 * transaction, so any snapshot must agree: one mismatch is one too many.
 */
public final class Verify {
  private final LockLadder ladder;

  public Verify() {
    this(LockLadder.DDL);
  }

  public Verify(LockLadder ladder) {
    this.ladder = ladder;
  }

  public Facts.Verify run(PhaseContext context) {
    try (TargetLock lock = TargetLock.acquire(context);
        PgSession session = context.open(SessionLimits.SCAN)) {
      TargetState.Row state = TargetState.require(session, context.input().bundle());
      Transitions.follow(context, ladder);
      boolean crossed = state.cutOverAt().isPresent();
      Transitions transitions = Transitions.installed(session);
      var others = new OthersWork(context, session, ladder, transitions);
      if (state.stage() != TargetStage.CUT_OVER) {
        others.follow();
      }
      // Strictly before the comparison's snapshot: what is touched from here on shows later.
      SyncFingerprint before = SyncFingerprint.read(session);
      if (state.stage() != TargetStage.CUT_OVER) {
        // Until this agrees nothing was seen to; after the crossing, its print stays.
        SyncFingerprint.forget(session);
      }
      List<SyncFingerprint.Difference> off = before.notAsInstalled(session);
      session.execute("SET row_security = off");
      parallel(session, context.runbook());
      Naming.resolve(session, context.runbook());
      var pass = new VerificationPass(context, session, transitions);
      var violations = new TreeMap<String, Long>();
      var invariants = new LinkedHashMap<String, Long>();
      var counts = new LinkedHashMap<String, Long>();
      try (var _ = context.progress().cancelsWith(session)) {
        session.inTransaction(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            () -> {
              HeldRelations.hold(session, transitions, context.progress());
              pass.compare();
              for (Transition transition : transitions) {
                context.progress().checkCancelled();
                violations.putAll(transition.violations(session));
              }
              for (Runbook.Invariant invariant : context.runbook().verify().invariants()) {
                context.progress().checkCancelled();
                invariants.put(invariant.name(), Invariants.violations(session, invariant));
              }
              for (Runbook.Invariant count : context.runbook().verify().counts()) {
                context.progress().checkCancelled();
                counts.put(count.name(), Invariants.violations(session, count));
              }
              return true;
            });
      }
      context.evidence().record(VerificationPass.COMPARED, pass.scopes());
      new ComparedEvidence(pass.results()).record(context.evidence());
      context.evidence().record(EvidenceNames.INVARIANTS, invariants);
      if (!counts.isEmpty()) {
        context.evidence().record(EvidenceNames.COUNTS, counts);
      }
      if (!violations.isEmpty()) {
        context.evidence().record(EvidenceNames.RULES_BROKEN, violations);
      }
      judge(pass.results(), violations, invariants, crossed);
      // Only now: what is lost already matters more than what may be.
      TouchedSync.refuseOff(off, crossed);
      lock.check();
      pass.keep();
      var opening = new CanonicalOpening(context, session, ladder, transitions);
      SyncFingerprint seen =
          OwnChanges.during(
              context,
              session,
              transitions,
              () -> {
                opening.constrain(state.stage() == TargetStage.CUT_OVER);
                return opening.open(before);
              });
      session.inTransaction(
          () -> {
            seen.keep(session);
            TargetState.atLeast(session, TargetStage.VERIFIED);
            return true;
          });
      CatalogSnapshot now = CatalogReader.read(session, context.runbook().schemas());
      CanonicalComparison.record(context, session, now);
      var rows = new TreeMap<String, Long>();
      pass.results().forEach(result -> rows.put(result.relation(), result.rows()));
      return new Facts.Verify(
          rows,
          0,
          List.copyOf(invariants.keySet()),
          now.fingerprint(),
          others.named(state.stage() == TargetStage.CUT_OVER));
    }
  }

  /** As many workers as the runbook says; otherwise as the server is set. */
  static void parallel(PgSession session, Runbook runbook) {
    runbook
        .verify()
        .parallel()
        .ifPresent(n -> session.execute("SET max_parallel_workers_per_gather = " + n));
  }

  /**
   * Compares both sides in the caller's transaction, which holds writers off.
   *
   * @param before runs before each of them
   */
  public static void inQuiet(
      PhaseContext context, PgSession session, Transitions transitions, Runnable before) {
    var pass = new VerificationPass(context, session, transitions);
    pass.compare(before);
    context.evidence().record(VerificationPass.COMPARED, pass.scopes());
    boolean crossed = TargetState.find(session).flatMap(TargetState.Row::cutOverAt).isPresent();
    judge(pass.results(), Map.of(), Map.of(), crossed);
  }

  /** Once canonical was the authority it may hold the only copy of a row: nothing that drops it. */
  private static String mend(boolean crossed) {
    return "see the phase's evidence: rubicon status; mend the rows that disagree, then: rubicon"
        + " resume"
        + (crossed ? "" : "; or take the rollout back: rubicon abort");
  }

  private static void judge(
      List<VerificationResult> results,
      Map<String, Long> violations,
      Map<String, Long> invariants,
      boolean crossed) {
    for (VerificationResult result : results) {
      if (!result.agrees()) {
        throw new RubiconException(ErrorCode.VERIFY_MISMATCH, result.disagreement(), mend(crossed));
      }
    }
    if (!violations.isEmpty()) {
      throw new RubiconException(
          ErrorCode.INVARIANT_VIOLATED,
          "rows break canonical's rules: " + violations,
          "mend the data or the runbook's up expressions, then resume");
    }
    List<String> broken =
        invariants.entrySet().stream()
            .filter(entry -> entry.getValue() > 0)
            .map(entry -> entry.getKey() + " (" + entry.getValue() + " rows)")
            .toList();
    if (!broken.isEmpty()) {
      throw new RubiconException(
          ErrorCode.INVARIANT_VIOLATED,
          "invariants do not hold: " + String.join(", ", broken),
          "mend the data, then resume");
    }
  }
}
