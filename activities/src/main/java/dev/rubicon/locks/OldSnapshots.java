package dev.rubicon.locks;

import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A REPEATABLE READ or SERIALIZABLE transaction that began before the last batch of the copy was
 * committed does not see the rows of it. A name that it knows must not come to mean canonical under
 * it: it would read a table with holes, and its updates would find nothing to update, without any
 * error. Names are looked up anew, rows are not.
 */
public final class OldSnapshots {
  /**
   * The longest time between a batch's row in {@code rubicon.backfill_batch} and its commit,
   * generously.
   */
  private static final int COMMIT_SECONDS = 10;

  private OldSnapshots() {}

  /** Sessions that were waited for, and those that were ended; evidence. */
  public record Waited(List<Blocker> transactions, List<Blocker> terminated) {}

  public static final Waited NOBODY = new Waited(List.of(), List.of());

  private record Holder(String transaction, Blocker blocker) {}

  /**
   * Waits until no session has such a snapshot any more; meanwhile no client waits.
   *
   * @param again called before each further wait; what it throws ends the wait
   * @param terminateAfter when set, a session whose transaction has been open for so long is ended
   */
  public static Waited await(
      PgSession session,
      Progress progress,
      Duration budget,
      Runnable again,
      Optional<Duration> terminateAfter) {
    var terminated = new ArrayList<Blocker>();
    List<Holder> waited = holders(session);
    List<Holder> left = waited;
    long end = System.nanoTime() + budget.toNanos();
    while (!left.isEmpty()) {
      progress.checkCancelled();
      again.run();
      List<Blocker> blockers = left.stream().map(Holder::blocker).toList();
      progress.update(
          "waiting for transactions older than the copy",
          waited.size() - left.size(),
          waited.size(),
          "held by " + Blocker.describe(blockers));
      if (System.nanoTime() > end) {
        throw new RubiconException(
            ErrorCode.CUTOVER_BUDGET_SPENT,
            "transactions older than the copy are still open after "
                + budget.toSeconds()
                + " s, and would read canonical with holes: "
                + Blocker.describe(blockers),
            "end them or wait for them, then resume: rubicon status");
      }
      terminateAfter.ifPresent(
          grace -> terminated.addAll(Blocker.terminate(session, blockers, grace)));
      pause();
      Set<String> open = new HashSet<>();
      holders(session).forEach(h -> open.add(h.transaction()));
      var still = new ArrayList<>(left);
      still.removeIf(h -> !open.contains(h.transaction()));
      left = still;
    }
    return new Waited(
        waited.stream().map(Holder::blocker).toList(), terminated.stream().distinct().toList());
  }

  /** When a transaction of another role began may not be visible: then every open one counts. */
  private static List<Holder> holders(PgSession session) {
    return session.query(
        """
        SELECT l.virtualtransaction, a.pid, coalesce(a.application_name, ''), coalesce(a.state, ''),
               coalesce(extract(epoch FROM clock_timestamp() - a.xact_start), 0)
        FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
        WHERE l.locktype = 'virtualxid' AND l.mode = 'ExclusiveLock' AND l.granted
          AND a.datname = current_database() AND a.pid <> pg_backend_pid()
          AND coalesce(a.backend_type, 'client backend') = 'client backend'
          AND (a.query = '<insufficient privilege>'
               OR a.backend_xmin IS NOT NULL
                  AND a.xact_start < (SELECT max(b.at) + make_interval(secs => ?)
                                      FROM rubicon.backfill_batch b))
        ORDER BY a.xact_start
        """,
        row ->
            new Holder(
                row.getString(1),
                new Blocker(
                    row.getInt(2),
                    row.getString(3),
                    row.getString(4),
                    row.getDouble(5),
                    "a snapshot older than the copy")),
        COMMIT_SECONDS);
  }

  private static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Progress.PhaseCancelled("interrupted while waiting for older transactions");
    }
  }
}
