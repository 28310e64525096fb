package dev.rubicon.verify;

import dev.rubicon.engine.Progress;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SqlFailure;
import dev.rubicon.transition.Transitions;
import java.util.stream.Collectors;

/**
 * What will be read in one snapshot, locked first, as reading would. A snapshot does not protect
 * from TRUNCATE: a relation that was truncated since looks empty in it, while the other side's
 * rows, where they went one by one, are still there. And a session that holds some relations for
 * long must not wait for others: a client that truncates them in another order would deadlock with
 * it.
 */
final class HeldRelations {
  private static final int ATTEMPTS = 40;

  private HeldRelations() {}

  /**
   * At the beginning of a REPEATABLE READ transaction, before anything is read. Each attempt waits
   * only briefly, less than any client's {@code deadlock_timeout} usually is, and then releases all
   * locks.
   */
  static void hold(PgSession session, Transitions transitions, Progress progress) {
    String relations =
        transitions.stream().flatMap(t -> t.read().stream()).collect(Collectors.joining(", "));
    if (relations.isEmpty()) {
      return;
    }
    session.execute("SET LOCAL lock_timeout = 250");
    session.execute("SAVEPOINT rubicon_nothing_locked");
    for (int attempt = 1; ; attempt++) {
      progress.checkCancelled();
      try {
        session.execute("LOCK TABLE " + relations + " IN ACCESS SHARE MODE");
        break;
      } catch (RubiconException e) {
        if (attempt == ATTEMPTS || !SqlFailure.gaveWay(e)) {
          throw e;
        }
        session.execute("ROLLBACK TO SAVEPOINT rubicon_nothing_locked");
        progress.update("waiting for a lock", attempt, 0, "somebody has one of " + relations);
      }
    }
    session.limits(SessionLimits.SCAN);
  }
}
