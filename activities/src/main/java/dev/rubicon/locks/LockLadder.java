package dev.rubicon.locks;

import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SqlFailure;
import dev.rubicon.runbook.Runbook;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A short transaction that gives way: it waits for its locks only briefly, because clients that
 * come after it queue behind it; then it backs off, with jitter, and tries again until the budget
 * is spent.
 *
 * @param first {@code lock_timeout} of the first attempt
 * @param last the longest that it grows to
 * @param budget how long attempts go on
 * @param spent code of the failure once the budget is spent
 * @param terminateAfter when set, a session that keeps it waiting with a transaction open for so
 *     long is ended
 */
public record LockLadder(
    Duration first,
    Duration last,
    Duration budget,
    ErrorCode spent,
    Optional<Duration> terminateAfter) {

  /** No session is ended. */
  public LockLadder(Duration first, Duration last, Duration budget, ErrorCode spent) {
    this(first, last, budget, spent, Optional.empty());
  }

  /** Of a crossing, as the runbook has it. */
  public static LockLadder of(Runbook.Cutover cutover) {
    return new LockLadder(
        cutover.lockTimeout(),
        cutover.lockTimeout(),
        cutover.budget(),
        ErrorCode.CUTOVER_BUDGET_SPENT,
        cutover.terminateBlockersAfter());
  }

  /** For installing and removing: patient, in short steps. */
  public static final LockLadder DDL =
      new LockLadder(
          Duration.ofMillis(50),
          Duration.ofMillis(500),
          Duration.ofMinutes(2),
          ErrorCode.LOCK_NOT_ACQUIRED);

  /** One attempt, as evidence: clients that came after it waited for at most that long. */
  public record Attempt(
      int number,
      long lockTimeoutMs,
      double milliseconds,
      String outcome,
      List<Blocker> blockers,
      List<Blocker> terminated) {

    /** Milliseconds of the longest; 0 where there was none. */
    public static double longest(List<Attempt> attempts) {
      return attempts.stream().mapToDouble(Attempt::milliseconds).max().orElse(0);
    }
  }

  public record Outcome<T>(T value, List<Attempt> attempts) {}

  /**
   * The attempt that is under way.
   *
   * @param before those that gave way
   * @param began {@link System#nanoTime} of its begin
   */
  public record Current(List<Attempt> before, long began) {

    /** Counts from 0. */
    public int number() {
      return before.size();
    }

    public double milliseconds() {
      return (System.nanoTime() - began) / 1e6;
    }
  }

  /** Work that is done differently when it is tried again. */
  @FunctionalInterface
  public interface Attempted<T> {
    T run(Current attempt) throws SQLException;
  }

  /** Runs the work in one transaction, as often as it takes. */
  public <T> Outcome<T> run(
      PgSession session, Progress progress, List<RelationName> relations, PgSession.Work<T> work) {
    return run(session, progress, relations, (Current _) -> work.run());
  }

  /** The same, for work that minds which attempt it is. */
  public <T> Outcome<T> run(
      PgSession session, Progress progress, List<RelationName> relations, Attempted<T> work) {
    return run(session, progress, relations, () -> {}, work);
  }

  /**
   * @param before runs before each attempt, outside its transaction; what it throws ends them
   */
  public <T> Outcome<T> run(
      PgSession session,
      Progress progress,
      List<RelationName> relations,
      Runnable before,
      Attempted<T> work) {
    var attempts = new ArrayList<Attempt>();
    long end = System.nanoTime() + budget.toNanos();
    long timeout = first.toMillis();
    long pause = 100;
    while (true) {
      progress.checkCancelled();
      before.run();
      long step = timeout;
      long began = System.nanoTime();
      try {
        T value =
            session.inTransaction(
                () -> {
                  if (maintained(attempts)) {
                    dislodge(session, relations);
                  }
                  session.execute("SET LOCAL lock_timeout = " + step);
                  return work.run(new Current(List.copyOf(attempts), began));
                });
        attempts.add(attempt(attempts, step, began, "committed", List.of(), List.of()));
        return new Outcome<>(value, List.copyOf(attempts));
      } catch (RubiconException e) {
        if (!SqlFailure.gaveWay(e)) {
          throw e;
        }
        List<Blocker> blockers = Blocker.on(session, relations);
        List<Blocker> terminated =
            terminateAfter
                .map(grace -> Blocker.terminate(session, blockers, grace))
                .orElse(List.of());
        attempts.add(attempt(attempts, step, began, SqlFailure.state(e), blockers, terminated));
        progress.update(
            "waiting for a lock", attempts.size(), 0, "held by " + Blocker.describe(blockers));
        long jittered = pause / 2 + ThreadLocalRandom.current().nextLong(pause);
        if (System.nanoTime() + jittered * 1_000_000 > end) {
          throw new RubiconException(
              spent,
              "no lock on "
                  + relations
                  + " after "
                  + attempts.size()
                  + " attempts in "
                  + budget.toSeconds()
                  + " s; held by "
                  + Blocker.describe(last(attempts)),
              "end the blocking transaction or wait for it, then resume: rubicon status",
              e.getCause());
        }
        pause(jittered);
        timeout = Math.min(last.toMillis(), timeout * 3 / 2);
        pause = Math.min(10 * last.toMillis(), pause * 2);
      }
    }
  }

  private static boolean maintained(List<Attempt> attempts) {
    return !attempts.isEmpty()
        && attempts.getLast().blockers().stream().anyMatch(Blocker::maintenance);
  }

  /**
   * Autovacuum is cancelled for a session that has waited for {@code deadlock_timeout}, which is
   * longer than any step waits. The lock that is taken here excludes vacuum and lets clients read
   * and write, so that it can be waited for that long, and no vacuum begins anew before the commit.
   *
   * <p>Source: PostgreSQL documentation, section 24.1.6, "The Autovacuum Daemon".
   */
  private static void dislodge(PgSession session, List<RelationName> relations) {
    long patience =
        500
            + Long.parseLong(
                session.value(
                    "SELECT setting FROM pg_catalog.pg_settings WHERE name = 'deadlock_timeout'"));
    session.execute("SET LOCAL lock_timeout = " + patience);
    for (RelationName relation : relations) {
      if (session
          .value("SELECT relkind = 'v' FROM pg_class WHERE oid = ?::regclass", relation.sql())
          .equals("f")) {
        session.execute("LOCK TABLE " + relation.sql() + " IN SHARE UPDATE EXCLUSIVE MODE");
      }
    }
  }

  /** The blockers of the last attempt that saw any. */
  private static List<Blocker> last(List<Attempt> attempts) {
    for (Attempt attempt : attempts.reversed()) {
      if (!attempt.blockers().isEmpty()) {
        return attempt.blockers();
      }
    }
    return List.of();
  }

  private static Attempt attempt(
      List<Attempt> before,
      long step,
      long began,
      String outcome,
      List<Blocker> blockers,
      List<Blocker> terminated) {
    return new Attempt(
        before.size() + 1, step, (System.nanoTime() - began) / 1e6, outcome, blockers, terminated);
  }

  private static void pause(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Progress.PhaseCancelled("interrupted while waiting for a lock");
    }
  }
}
