package dev.rubicon.shadow;

import dev.rubicon.engine.Progress;
import dev.rubicon.error.RubiconException;
import dev.rubicon.target.PgSession;
import dev.rubicon.target.SessionLimits;
import dev.rubicon.target.SqlFailure;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Both sides of shadows in one snapshot. A snapshot does not protect from TRUNCATE: a relation that
 * was truncated since looks empty in it, while the other side's rows, where they went one by one,
 * are still there. So what will be read is locked first, as reading would.
 */
public final class ShadowSnapshot {
  private static final int ATTEMPTS = 40;

  private ShadowSnapshot() {}

  /**
   * At the beginning of a REPEATABLE READ transaction, before anything is read. Who truncates locks
   * both relations too, in an order of his own: we wait only briefly, and let go of everything.
   */
  public static void hold(PgSession session, List<ShadowPlan> plans, Progress progress) {
    if (plans.isEmpty()) {
      return;
    }
    String relations =
        plans.stream()
            .flatMap(plan -> Stream.of(plan.legacyView(), plan.canonicalView()))
            .collect(Collectors.joining(", "));
    session.execute("SET LOCAL lock_timeout = 250");
    session.execute("SAVEPOINT rubicon_nothing_locked");
    for (int attempt = 1; ; attempt++) {
      progress.checkCancelled();
      try {
        session.execute("LOCK TABLE " + relations + " IN ACCESS SHARE MODE");
        break;
      } catch (RubiconException e) {
        String state = SqlFailure.state(e);
        if (attempt == ATTEMPTS || !state.equals("55P03") && !state.equals("40P01")) {
          throw e;
        }
        session.execute("ROLLBACK TO SAVEPOINT rubicon_nothing_locked");
        progress.update("waiting for a lock", attempt, 0, "somebody has one of " + relations);
      }
    }
    session.limits(SessionLimits.SCAN);
  }
}
