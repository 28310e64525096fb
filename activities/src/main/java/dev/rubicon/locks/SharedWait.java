package dev.rubicon.locks;

import dev.rubicon.postgres.PgSession;
import java.util.List;
import java.util.function.Supplier;

/**
 * Locks of several relations in one transaction, which together wait no longer than one step of the
 * ladder. Clients queue for the first while the engine waits for the last: with a step for each
 * they would wait for the sum, and once that is longer than {@code deadlock_timeout}, PostgreSQL
 * would end a client that has one of the relations and waits for another, and not the engine.
 */
public final class SharedWait {
  /** For what comes when the step is spent: a lock that is free is still had. */
  private static final long MOMENT = 20;

  private final PgSession session;
  private final long step;
  private final long began = System.nanoTime();
  private boolean first = true;

  private SharedWait(PgSession session) {
    this.session = session;
    this.step =
        Long.parseLong(
            session.value(
                "SELECT setting FROM pg_catalog.pg_settings WHERE name = 'lock_timeout'"));
  }

  /**
   * Takes them in their order, in the session's transaction.
   *
   * @param locks asked one by one, when those before it are taken
   */
  public static void take(PgSession session, List<Supplier<List<Step>>> locks) {
    var wait = new SharedWait(session);
    locks.forEach(wait::next);
    wait.limit(wait.step);
  }

  private void next(Supplier<List<Step>> locks) {
    // Without a limit, on a database of our own, there is nothing to share.
    if (!first && step > 0) {
      limit(Math.max(MOMENT, step - (System.nanoTime() - began) / 1_000_000));
    }
    first = false;
    StepRunner.run(session, locks.get());
  }

  private void limit(long milliseconds) {
    session.execute("SET LOCAL lock_timeout = " + milliseconds);
  }
}
