package dev.rubicon.backfill;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.target.PgSession;
import dev.rubicon.target.SqlFailure;
import dev.rubicon.transition.Blocker;
import dev.rubicon.transition.TargetLock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The backfill of one relation: passes along its key until no row is missing. */
final class RelationBackfill {
  private static final int FIRST_BATCH = 1_000;
  private static final int FAILURES_IN_A_ROW = 50;
  private static final Duration PATIENCE_WITH_LOCKS = Duration.ofMinutes(15);

  private final PhaseContext context;
  private final TargetLock lock;
  private final PgSession work;
  private final PgSession scan;
  private final Filling filling;
  private final BatchLedger ledger;
  private final Throttle throttle;
  private final BatchSize size;
  private long done;
  private long total;
  private long paceBegan;
  private long paceRows;

  RelationBackfill(
      PhaseContext context,
      TargetLock lock,
      PgSession work,
      PgSession scan,
      Filling filling,
      List<Throttle.Change> changes) {
    this.context = context;
    this.lock = lock;
    this.work = work;
    this.scan = scan;
    this.filling = filling;
    this.ledger = new BatchLedger(filling.name());
    this.throttle = new Throttle(context, scan, filling.relation(), changes);
    this.size = new BatchSize(context.runbook().backfill().batchTarget(), FIRST_BATCH);
  }

  void run() {
    long missing = missing();
    if (missing == 0) {
      return;
    }
    // Without statistics PostgreSQL plans every batch as if the table were tiny.
    scan.execute("ANALYZE " + filling.relation().sql());
    if (filling.scansSequentially(work)) {
      throw new RubiconException(
          ErrorCode.TRANSITION_UNSUPPORTED,
          "batches of "
              + filling.relation()
              + " would read the whole table each time, although it has a key",
          "see whether the key's index is valid, then launch again");
    }
    total = missing;
    paceBegan = System.nanoTime();
    BatchLedger.Position position = ledger.resume(scan);
    int pass = position.pass();
    Optional<List<String>> after = position.upTo();
    long waitingSince = 0;
    while (missing > 0) {
      // Rows on later passes were locked before: when all of a pass are, we wait for them.
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

  private long missing() {
    return filling.missing(scan);
  }

  /** Rows are left and none could be filled: somebody holds them, or a trigger drops our update. */
  private void stuck(long left, long since) {
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
    context
        .progress()
        .update(
            filling.relation().toString(),
            done,
            total,
            left + " rows are locked by " + Blocker.describe(blockers));
    context.evidence().record("waited-for-locked-rows", left + " rows of " + filling.relation());
    pause(200);
  }

  private long pass(int pass, Optional<List<String>> from, boolean skipLocked) {
    Optional<List<String>> after = from;
    long filled = 0;
    int failures = 0;
    while (true) {
      lock.check();
      context.progress().checkCancelled();
      try {
        throttle.await(done, total);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Progress.PhaseCancelled("interrupted");
      }
      try {
        Optional<Batch> batch = batch(pass, after, skipLocked);
        if (batch.isEmpty()) {
          return filled;
        }
        failures = 0;
        filled += batch.get().rows();
        done += batch.get().rows();
        after = Optional.of(batch.get().upTo());
        size.took(batch.get().milliseconds());
        context.progress().update(filling.relation().toString(), Math.min(done, total), total, "");
        pace(batch.get().rows());
      } catch (RubiconException e) {
        String state = SqlFailure.state(e);
        boolean gaveWay = state.equals("55P03") || state.equals("57014") || state.startsWith("40");
        if (!gaveWay) {
          throw e;
        }
        context.progress().checkCancelled();
        if (!skipLocked && state.equals("55P03")) {
          return filled; // the rows we wait for are still locked
        }
        size.failed();
        failures++;
        if (failures > FAILURES_IN_A_ROW) {
          throw new RubiconException(
              ErrorCode.BACKFILL_STUCK,
              failures
                  + " batches of "
                  + filling.relation()
                  + " in a row gave way (["
                  + state
                  + "])",
              "raise statement speed or lower the load, then resume",
              e.getCause());
        }
        pause(50L * Math.min(20, failures));
      }
    }
  }

  private record Batch(List<String> upTo, long rows, double milliseconds) {}

  private Optional<Batch> batch(int pass, Optional<List<String>> after, boolean skipLocked) {
    try (var _ = context.progress().cancelsWith(work)) {
      return work.inTransaction(
          () -> {
            long began = System.nanoTime();
            String wal = work.value("SELECT pg_current_wal_insert_lsn()");
            Optional<List<String>> upTo = filling.upTo(work, after, size.rows());
            if (upTo.isEmpty()) {
              return Optional.empty();
            }
            long rows = filling.fill(work, after, upTo.get(), skipLocked);
            double milliseconds = (System.nanoTime() - began) / 1e6;
            ledger.record(work, pass, after, upTo.get(), rows, milliseconds, wal);
            return Optional.of(new Batch(upTo.get(), rows, milliseconds));
          });
    }
  }

  /** Keeps to the operator's rows per second. */
  private void pace(long rows) {
    long limit = context.progress().control().rowsPerSecond();
    if (limit <= 0) {
      paceBegan = System.nanoTime();
      paceRows = 0;
      return;
    }
    paceRows += rows;
    while (true) {
      context.progress().checkCancelled();
      long now = context.progress().control().rowsPerSecond();
      if (now != limit || context.progress().control().paused()) {
        paceBegan = System.nanoTime();
        paceRows = 0;
        return;
      }
      long due = paceRows * 1_000L / limit;
      long elapsed = (System.nanoTime() - paceBegan) / 1_000_000;
      if (elapsed >= due) {
        return;
      }
      context
          .progress()
          .update(
              filling.relation().toString(),
              Math.min(done, total),
              total,
              "throttled by the operator to " + limit + " rows/s");
      pause(Math.min(200, due - elapsed));
    }
  }

  private static void pause(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Progress.PhaseCancelled("interrupted");
    }
  }
}
