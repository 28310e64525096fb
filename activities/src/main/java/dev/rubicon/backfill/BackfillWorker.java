package dev.rubicon.backfill;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SqlFailure;
import dev.rubicon.transition.rows.BackfillSql;
import java.util.List;
import java.util.Optional;

/** One session of a pass: takes range after range and fills it, in one batch where it can. */
final class BackfillWorker {
  private static final int FIRST_BATCH = 1_000;
  private static final int FAILURES_IN_A_ROW = 50;

  private final PhaseContext context;
  private final PgSession session;
  private final BackfillSql filling;
  private final BatchLog ledger;
  private final BatchSize size;

  BackfillWorker(PhaseContext context, PgSession session, BackfillSql filling) {
    this.context = context;
    this.session = session;
    this.filling = filling;
    this.ledger = new BatchLog(filling.name());
    this.size = new BatchSize(context.runbook().backfill().batchTarget(), FIRST_BATCH);
  }

  /** What the workers of one pass share. */
  interface Coordinator {
    /** Waits until a batch may begin; false once another worker failed. */
    boolean mayGoOn();

    /** A batch of more rows would be above the operator's limit by itself. */
    int atMost();

    void filled(long rows);
  }

  PgSession session() {
    return session;
  }

  /**
   * Until the pass has no more ranges.
   *
   * @param skipLocked otherwise the first row that a client has locked ends it, after a wait
   */
  void run(int pass, Ranges ranges, boolean skipLocked, Coordinator coordinator) {
    Optional<Work> work = Optional.empty();
    int failures = 0;
    while (coordinator.mayGoOn()) {
      try {
        if (work.isEmpty()) {
          work =
              ranges
                  .next(session, size.rows(coordinator.atMost()))
                  .map(range -> new Work(ranges, range));
          if (work.isEmpty()) {
            return;
          }
        }
        Work now = work.get();
        Optional<Batch> batch = batch(pass, now, skipLocked, coordinator.atMost());
        failures = 0;
        if (now.done(batch.map(Batch::upTo))) {
          work = Optional.empty();
        }
        if (batch.isPresent()) {
          size.took(batch.get().milliseconds(), batch.get().waitedFor());
          coordinator.filled(batch.get().rows());
        }
      } catch (RubiconException e) {
        String state = SqlFailure.state(e);
        if (state.equals("23505") && work.isPresent() && work.get().overtaken()) {
          context.progress().checkCancelled();
          continue;
        }
        boolean gaveWay = state.equals("55P03") || state.equals("57014") || state.startsWith("40");
        if (!gaveWay) {
          throw e;
        }
        context.progress().checkCancelled();
        if (!skipLocked && state.equals("55P03")) {
          return; // the rows that it waits for are still locked
        }
        size.failed();
        work.ifPresent(Work::inParts);
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
        RelationBackfill.pause(50L * Math.min(20, failures));
      }
    }
  }

  private record Batch(List<String> upTo, long rows, double milliseconds, boolean waitedFor) {}

  /** Empty where the rest of the range has no rows any more. */
  private Optional<Batch> batch(int pass, Work work, boolean skipLocked, int atMost) {
    try (var _ = context.progress().cancelsWith(session)) {
      return session.inTransaction(
          () -> {
            long began = System.nanoTime();
            String wal = session.value("SELECT pg_current_wal_insert_lsn()");
            Optional<List<String>> upTo = work.next(atMost);
            if (upTo.isEmpty()) {
              return Optional.empty();
            }
            long rows = filling.fill(session, work.after, upTo.get(), work.manner(skipLocked));
            double milliseconds = (System.nanoTime() - began) / 1e6;
            ledger.record(
                session,
                new BatchLog.Entry(
                    pass,
                    work.after,
                    upTo.get(),
                    work.ranges.resumeAfter(work.range, upTo.get()),
                    rows,
                    milliseconds,
                    wal));
            return Optional.of(new Batch(upTo.get(), rows, milliseconds, Waiters.any(session)));
          });
    }
  }

  /** A range in hand: filled at once, or, after a batch of it gave way, in smaller parts. */
  private final class Work {
    final Ranges ranges;
    final Ranges.Range range;
    Optional<List<String>> after;
    private boolean parts;
    private int overtakings;

    Work(Ranges ranges, Ranges.Range range) {
      this.ranges = ranges;
      this.range = range;
      this.after = range.after();
    }

    void inParts() {
      parts = true;
    }

    /**
     * A client has brought a row of the range while a batch ran. The next batch sees that row;
     * where clients are faster again, those after it are small and reckon with it.
     *
     * @return false where the batch has reckoned with it, so that it is another constraint's
     */
    boolean overtaken() {
      if (++overtakings > 1) {
        parts = true;
        size.failed();
      }
      return overtakings <= 2;
    }

    BackfillSql.Manner manner(boolean skipLocked) {
      return new BackfillSql.Manner(skipLocked, overtakings > 1);
    }

    Optional<List<String>> next(int atMost) {
      return parts
          ? filling.upTo(session, after, Optional.of(range.upTo()), size.rows(atMost))
          : Optional.of(range.upTo());
    }

    /** Whether the range is done, now that it is up to there. */
    boolean done(Optional<List<String>> upTo) {
      after = Optional.of(upTo.orElse(range.upTo()));
      ranges.done(range, after.get());
      return after.get().equals(range.upTo());
    }
  }
}
