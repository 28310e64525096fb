package dev.rubicon.backfill;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.locks.Blocker;
import dev.rubicon.locks.TargetLock;
import dev.rubicon.postgres.ParallelSessions;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.transition.rows.BackfillSql;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The backfill of one relation: passes along its key until no row is missing, each in ranges that
 * several sessions take.
 */
final class RelationBackfill {
  private static final Duration PATIENCE_WITH_LOCKS = Duration.ofMinutes(15);

  private final PhaseContext context;
  private final TargetLock lock;
  private final PgSession scan;
  private final BackfillSql filling;
  private final List<BackfillWorker> workers;
  private final Throttle throttle;
  private final RateLimit pace;
  private final AtomicLong done = new AtomicLong();
  private long total;

  /**
   * @param work sessions that fill, one worker each
   * @param scan counts and looks around; nothing else uses it while workers are at work
   */
  RelationBackfill(
      PhaseContext context,
      TargetLock lock,
      List<PgSession> work,
      PgSession scan,
      BackfillSql filling,
      List<Throttle.Change> changes) {
    this.context = context;
    this.lock = lock;
    this.scan = scan;
    this.filling = filling;
    this.workers =
        work.stream().map(session -> new BackfillWorker(context, session, filling)).toList();
    this.throttle = new Throttle(context, scan, filling.relation(), changes);
    this.pace = new RateLimit(context.progress());
  }

  void run() {
    long missing = missing();
    if (missing == 0) {
      return;
    }
    // Without statistics PostgreSQL plans every batch as if the table were tiny.
    scan.execute("ANALYZE " + filling.relation().sql());
    if (scansSequentially()) {
      throw new RubiconException(
          ErrorCode.TRANSITION_UNSUPPORTED,
          "batches of "
              + filling.relation()
              + " would read the whole table each time, although it has a key",
          "see whether the key's index is valid, then launch again");
    }
    total = missing;
    BatchLog.Position position = new BatchLog(filling.name()).resume(scan);
    int pass = position.pass();
    Optional<List<String>> after = position.after();
    long waitingSince = 0;
    while (missing > 0) {
      // Rows of later passes were locked before: when all of a pass are, the backfill waits for
      // them.
      boolean wait = waitingSince != 0;
      long filled = pass(pass, after, !wait);
      after = Optional.empty();
      pass++;
      long left = missing();
      if (left > 0 && filled == 0) {
        if (waitingSince == 0) {
          waitingSince = System.nanoTime();
        }
        stuck(left, waitingSince);
      } else {
        waitingSince = 0;
      }
      missing = left;
    }
    context.progress().update(filling.relation().toString(), total, total, "");
  }

  /**
   * Asked as the workers will run it, but not under their short limit: the first look may be cold.
   */
  private boolean scansSequentially() {
    return scan.inTransaction(
        () -> {
          scan.execute("SET LOCAL enable_seqscan = off");
          return filling.scansSequentially(scan);
        });
  }

  private long missing() {
    return filling.missing(scan);
  }

  /** Rows are left and none could be filled: a client holds them, or a trigger drops the update. */
  private void stuck(long left, long since) {
    filling
        .unfit(scan)
        .ifPresent(
            why -> {
              throw new RubiconException(
                  ErrorCode.BACKFILL_STUCK,
                  why,
                  "give one of two rows with the same key another one, then resume");
            });
    List<Blocker> blockers = Blocker.on(scan, List.of(filling.relation()));
    boolean writers = blockers.stream().anyMatch(b -> !b.lock().startsWith("AccessShare"));
    if (!writers && System.nanoTime() - since > 10_000_000_000L) {
      throw new RubiconException(
          ErrorCode.BACKFILL_STUCK,
          left
              + " rows of "
              + filling.relation()
              + " stay unfilled although nobody has them locked: a trigger or rule drops the"
              + " update",
          "look for a BEFORE UPDATE trigger on the table that returns NULL, then resume");
    }
    if (System.nanoTime() - since > PATIENCE_WITH_LOCKS.toNanos()) {
      throw new RubiconException(
          ErrorCode.LOCK_NOT_ACQUIRED,
          left
              + " rows of "
              + filling.relation()
              + " stay locked; held by "
              + Blocker.describe(blockers),
          "end that transaction, or wait: the backfill is retried");
    }
    show(left + " rows are locked by " + Blocker.describe(blockers));
    context
        .evidence()
        .record(EvidenceNames.WAITED_FOR_LOCKED_ROWS, left + " rows of " + filling.relation());
    pause(200);
  }

  /** How many rows it filled. */
  private long pass(int pass, Optional<List<String>> from, boolean skipLocked) {
    var ranges = new Ranges(filling, from);
    var filled = new AtomicLong();
    var parallel = new ParallelSessions();
    var coordinator =
        new BackfillWorker.Coordinator() {
          @Override
          public boolean mayGoOn() {
            return !parallel.failed() && RelationBackfill.this.mayGoOn();
          }

          @Override
          public int atMost() {
            return pace.atMost(workers.size());
          }

          @Override
          public void filled(long rows) {
            filled.addAndGet(rows);
            done.addAndGet(rows);
            show("");
            pace.after(rows, RelationBackfill.this::show);
          }
        };
    // Waiting for locked rows is for one: the others would only queue up behind them.
    for (BackfillWorker worker : skipLocked ? workers : workers.subList(0, 1)) {
      parallel.add(worker.session(), _ -> worker.run(pass, ranges, skipLocked, coordinator));
    }
    parallel.run();
    return filled.get();
  }

  private boolean mayGoOn() {
    lock.check();
    context.progress().checkCancelled();
    try {
      throttle.await(done.get(), total);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Progress.PhaseCancelled("interrupted");
    }
    return true;
  }

  private void show(String note) {
    context
        .progress()
        .update(filling.relation().toString(), Math.min(done.get(), total), total, note);
  }

  static void pause(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Progress.PhaseCancelled("interrupted");
    }
  }
}
