package dev.rubicon.transition;

import static dev.rubicon.transition.Bench.map;
import static dev.rubicon.transition.Bench.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.engine.Progress;
import dev.rubicon.error.RubiconException;
import dev.rubicon.rollout.Blocked;
import dev.rubicon.rollout.Facts;
import java.sql.Connection;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an auditor asks of the engine: whom it kept waiting, what it moved, what held it back. */
@Timeout(180)
class WhatPhasesTellTest {

  private static Bench bench(int rows) {
    return new Bench(
            "CREATE TABLE t (id int PRIMARY KEY, old text)",
            "INSERT INTO t SELECT g, 'v' || g FROM generate_series(1, " + rows + ") g")
        .transition("public.t", map("new", "text", "old", Map.of("old", "new")));
  }

  @Test
  void aCrossingTellsWhomItWaitedForAndForHowLongClientsWaited() throws Exception {
    var bench = bench(200);
    bench.toVerified();
    Facts.Cutover crossed = behind(bench, "nightly-report", bench::cutover);
    blocked(crossed.blocked(), "nightly-report");
    assertThat(bench.cutover()).as("asked again").isEqualTo(crossed);

    Facts.Rollback back = behind(bench, "late-migration", bench::rollback);
    blocked(back.blocked(), "late-migration");
    assertThat(bench.rollback()).as("asked again").isEqualTo(back);

    bench.verify();
    Blocked again = bench.cutover().blocked();
    assertThat(again.attempts()).isEqualTo(1);
    assertThat(again.waitedFor()).isEqualTo(Blocked.Sessions.NONE);
    assertThat(again.atMostMs()).isPositive();
  }

  private static void blocked(Blocked blocked, String holder) {
    assertThat(blocked.attempts()).isGreaterThan(1);
    assertThat(blocked.commitTimed()).isTrue();
    // A lock is waited for 100 ms at a time, and given up.
    assertThat(blocked.atMostMs()).isGreaterThanOrEqualTo(100);
    assertThat(blocked.locksMs()).isGreaterThanOrEqualTo(100.0 * (blocked.attempts() - 1));
    assertThat(blocked.waitedFor().count()).isEqualTo(1);
    assertThat(blocked.waitedFor().named()).singleElement().asString().contains(holder);
    assertThat(blocked.ended()).isEqualTo(Blocked.Sessions.NONE);
  }

  /** The phase finds the table locked, gives way twice, and gets through. */
  private static <T> T behind(Bench bench, String holder, Callable<T> phase) throws Exception {
    try (Connection other = bench.connect(holder);
        var statement = other.createStatement();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      other.setAutoCommit(false);
      statement.executeQuery("SELECT count(*) FROM t");
      bench.notes.clear();
      var running = threads.submit(phase);
      until(() -> bench.notes.stream().filter(note -> note.contains(holder)).count() >= 2);
      other.commit();
      return running.get();
    }
  }

  @Test
  void whatACrossingCostIsKnownAlsoWhenItsWorkerDiesBehindTheCommit() {
    var bench = bench(200);
    bench.toVerified();
    bench.run(
        "CREATE FUNCTION dies() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM"
            + " pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$",
        "CREATE TRIGGER dies BEFORE UPDATE ON rubicon.state FOR EACH ROW WHEN"
            + " (NEW.cutover_blocked ->> 'commitTimed' = 'true') EXECUTE FUNCTION dies()");
    assertThatThrownBy(bench::cutover).isInstanceOf(RubiconException.class);
    bench.run("DROP TRIGGER dies ON rubicon.state");
    assertThat(bench.one("SELECT stage FROM rubicon.state")).isEqualTo("CUT_OVER");

    Facts.Cutover found = bench.cutover();
    assertThat(found.blocked().attempts()).isEqualTo(1);
    assertThat(found.blocked().atMostMs()).isPositive();
    assertThat(found.blocked().commitTimed()).isFalse();
    assertThat(found.line()).contains("at most before the commit");
    assertThat(bench.cutover()).isEqualTo(found);
  }

  @Test
  void theBackfillTellsWhatItMovedAndWhatHeldItBackAcrossItsAttempts() {
    var bench = bench(3_000);
    bench.install();
    bench.run("UPDATE t SET old = 'written by a client' WHERE id <= 10");
    for (int attempt = 1; attempt <= 2; attempt++) {
      bench.notes.clear();
      bench.control = new Progress.Control(true, 0);
      var paused = CompletableFuture.supplyAsync(bench::backfill);
      until(() -> bench.notes.contains("paused by the operator"));
      bench.cancelled = true;
      assertThatThrownBy(paused::get).hasCauseInstanceOf(Progress.PhaseCancelled.class);
      bench.cancelled = false;
    }
    bench.notes.clear();
    var filling = CompletableFuture.supplyAsync(bench::backfill);
    until(() -> bench.notes.contains("paused by the operator"));
    bench.control = Progress.Control.NONE;
    Facts.Backfill facts = filling.join();

    assertThat(facts.rows()).containsEntry("public.t", 3_000L);
    Facts.Moved moved = facts.moved().get("public.t");
    assertThat(moved.rows()).as("the client has moved the others").isEqualTo(2_990);
    assertThat(moved.batches())
        .isEqualTo(Long.parseLong(bench.one("SELECT count(*) FROM rubicon.backfill_batch")));
    assertThat(moved.seconds()).isPositive();
    assertThat(moved.rowsPerSecond()).isPositive();
    assertThat(facts.throttled())
        .singleElement()
        .satisfies(
            held -> {
              assertThat(held.reason()).isEqualTo("paused by the operator");
              assertThat(held.times()).isEqualTo(3);
              assertThat(held.seconds()).isPositive();
              assertThat(Instant.parse(held.first())).isBefore(Instant.parse(held.last()));
            });
    assertThat(bench.backfill()).as("asked again").isEqualTo(facts);
    assertThat(facts.line())
        .contains("2990 rows in " + moved.batches() + " batches")
        .contains("held 3 times");
  }
}
