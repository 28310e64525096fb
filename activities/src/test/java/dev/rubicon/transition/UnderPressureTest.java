package dev.rubicon.transition;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.backfill.Throttle;
import dev.rubicon.backfill.Throughput;
import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.locks.LockEvidence;
import dev.rubicon.locks.TargetLock;
import dev.rubicon.rollout.Phase;
import dev.rubicon.stack.suite.Turn;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Locks held by others, backends that die, operators that pause. */
@Turn
@Tag("slow")
class UnderPressureTest {

  private static Bench bench(int rows) {
    return new Bench(
            "CREATE TABLE t (id int PRIMARY KEY, old text, note text)",
            "INSERT INTO t SELECT g, 'v' || g FROM generate_series(1, " + rows + ") g")
        .transition("public.t", map("new", "text", "old", Map.of("old", "new")));
  }

  private static void until(Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + 60_000_000_000L;
    while (!condition.call()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      Thread.sleep(10);
    }
  }

  @Test
  void aLongTransactionDelaysTheInstallAndIsNamed() throws Exception {
    var bench = bench(10);
    bench.expand();
    try (var other = bench.connect("nightly-report");
        var statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("UPDATE t SET note = 'x' WHERE id = 1");
      var install = CompletableFuture.supplyAsync(bench::dualWrite);
      until(() -> bench.notes.stream().anyMatch(n -> n.contains("nightly-report")));
      // Nobody stands behind us for long: a reader gets through between two attempts.
      assertThat(bench.one("SELECT count(*) FROM t")).isEqualTo("10");
      other.rollback();
      assertThat(install.get().triggers()).isEqualTo(8);
    }
    assertThat(bench.evidence.get(Phase.DUAL_WRITE, LockEvidence.LOCKS).toString())
        .contains("nightly-report");
  }

  @Test
  void theCutoverGivesUpWhenItsBudgetIsSpentAndNamesTheBlocker() throws Exception {
    var bench = bench(10);
    bench.cutover = "lock-timeout: 50ms, budget: 1s";
    bench.toVerified();
    String before = bench.fingerprint();
    try (var other = bench.connect("nightly-report");
        var statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.executeQuery("SELECT * FROM t");
      assertThatThrownBy(bench::cutover)
          .hasMessageContaining("nightly-report")
          .extracting(e -> ((RubiconException) e).code())
          .isEqualTo(ErrorCode.CUTOVER_BUDGET_SPENT);
    }
    assertThat(bench.fingerprint()).isEqualTo(before);
    bench.cutover();
  }

  @Test
  void aPostConditionThatFailsCommitsNothing() {
    var bench = bench(10);
    bench.cutover = "budget: 30s, post-conditions: [{name: never, sql: SELECT id FROM t}]";
    bench.toVerified();
    assertThatThrownBy(bench::cutover)
        .hasMessageContaining("never")
        .extracting(e -> ((RubiconException) e).code())
        .isEqualTo(ErrorCode.POST_CONDITION_FAILED);
    assertThat(bench.one("SELECT stage FROM rubicon.state")).isEqualTo("VERIFIED");
    assertThat(bench.one("UPDATE t SET old = 'a', new = 'b' WHERE id = 1 RETURNING old, new"))
        .isEqualTo("a|b");
  }

  @Test
  void rowsThatStayLockedAreWaitedForAndThenFilled() throws Exception {
    var bench = bench(2_000);
    bench.install();
    try (var other = bench.connect("holder");
        var statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.executeQuery("SELECT * FROM t WHERE id IN (5, 700) FOR UPDATE");
      var backfill = CompletableFuture.supplyAsync(bench::backfill);
      until(() -> bench.notes.stream().anyMatch(n -> n.startsWith("2 rows are locked")));
      assertThat(bench.one("SELECT count(*) FROM t WHERE _rubicon IS NULL")).isEqualTo("2");
      other.commit();
      assertThat(backfill.get().rows()).containsEntry("public.t", 2_000L);
    }
    bench.verify();
  }

  @Test
  void aBackfillWhoseBackendDiesGoesOnWhereItWas() throws Exception {
    var bench = bench(20_000);
    bench.install();
    bench.control = new Progress.Control(false, 20_000);
    var first = CompletableFuture.supplyAsync(bench::backfill);
    until(() -> Long.parseLong(bench.one("SELECT count(*) FROM rubicon.backfill_batch")) > 2);
    bench.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE"
            + " 'rubicon/backfill/%' AND datname = current_database()");
    assertThatThrownBy(first::get)
        .cause()
        .extracting(e -> ((RubiconException) e).code())
        .isEqualTo(ErrorCode.CONNECTION_LOST);
    String done = bench.one("SELECT sum(rows) FROM rubicon.backfill_batch");
    assertThat(bench.one("SELECT count(*) FROM t WHERE _rubicon IS NOT NULL")).isEqualTo(done);
    assertThat(Long.parseLong(done)).isLessThan(20_000);
    bench.control = Progress.Control.NONE;
    assertThat(bench.backfill().rows()).containsEntry("public.t", 20_000L);
    assertThat(bench.one("SELECT sum(rows) FROM rubicon.backfill_batch")).isEqualTo("20000");
  }

  @Test
  void theOperatorPausesAndTheThrottleSaysWhy() throws Exception {
    var bench = bench(3_000);
    bench.install();
    bench.control = new Progress.Control(true, 0);
    var backfill = CompletableFuture.supplyAsync(bench::backfill);
    until(() -> bench.notes.contains("paused by the operator"));
    assertThat(bench.one("SELECT count(*) FROM rubicon.backfill_batch")).isEqualTo("0");
    bench.control = Progress.Control.NONE;
    backfill.get();
    assertThat(bench.evidence.get(Phase.BACKFILL, Throttle.EVIDENCE).toString())
        .contains("paused by the operator");

    var asked = bench(3_000);
    asked.throttle = "{query: SELECT EXISTS (SELECT FROM public.brake)}";
    asked.run("CREATE TABLE brake ()", "INSERT INTO brake DEFAULT VALUES");
    asked.install();
    var waiting = CompletableFuture.supplyAsync(asked::backfill);
    until(() -> asked.notes.stream().anyMatch(n -> n.contains("throttle query")));
    asked.run("DELETE FROM brake");
    waiting.get();
  }

  @Test
  void aCancelledBackfillStopsBetweenBatchesAndResumes() throws Exception {
    var bench = bench(3_000);
    bench.install();
    bench.control = new Progress.Control(false, 500);
    var backfill = CompletableFuture.supplyAsync(bench::backfill);
    until(() -> Long.parseLong(bench.one("SELECT count(*) FROM rubicon.backfill_batch")) > 1);
    bench.cancelled = true;
    assertThatThrownBy(backfill::get).hasCauseInstanceOf(Progress.PhaseCancelled.class);
    bench.cancelled = false;
    bench.control = Progress.Control.NONE;
    Instant resumed = Instant.now();
    bench.backfill();
    bench.verify();

    // Throughput tells of the whole backfill, whoever filled which part of it.
    var points = bench.evidence.get(Phase.BACKFILL, Throughput.EVIDENCE);
    Instant first = Instant.parse(points.getFirst().at());
    assertThat(first).isBefore(resumed);
    Instant began =
        Instant.parse(
            bench.one(
                "SELECT to_char((min(at - make_interval(secs => milliseconds / 1000))) AT TIME ZONE"
                    + " 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') FROM rubicon.backfill_batch"));
    double step = Duration.between(began, first).toNanos() / 1e9;
    double rows = 0;
    for (Throughput.Point point : points) {
      rows += point.rowsPerSecond() * step;
    }
    assertThat(rows).isCloseTo(3_000, Percentage.withPercentage(1));
  }

  @Test
  void aTriggerThatDropsOurUpdateIsNamedAsTheReason() {
    var bench = bench(10);
    bench.run(
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "CREATE TRIGGER no BEFORE UPDATE ON t FOR EACH ROW WHEN (old.id = 3) EXECUTE FUNCTION"
            + " no()");
    bench.install();
    assertThatThrownBy(bench::backfill)
        .hasMessageContaining("1 rows of public.t")
        .extracting(e -> ((RubiconException) e).code())
        .isEqualTo(ErrorCode.BACKFILL_STUCK);
  }

  @Test
  void repeatableReadWritersOlderThanABatchGet40001AndNothingWrongIsStored() throws Exception {
    for (String level : new String[] {"REPEATABLE READ", "SERIALIZABLE"}) {
      var bench = bench(100);
      bench.install();
      try (var old = bench.connect("rr");
          var statement = old.createStatement()) {
        statement.execute("BEGIN ISOLATION LEVEL " + level);
        statement.executeQuery("SELECT count(*) FROM t");
        bench.backfill();
        assertThatThrownBy(() -> statement.execute("UPDATE t SET old = 'rr' WHERE id = 1"))
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("40001"));
        statement.execute("ROLLBACK");
        statement.execute("BEGIN ISOLATION LEVEL " + level);
        statement.execute("UPDATE t SET old = 'again' WHERE id = 1");
        statement.execute("COMMIT");
      }
      bench.verify();
      assertThat(bench.one("SELECT new FROM t WHERE id = 1")).isEqualTo("again");
    }
  }

  @Test
  void anInvalidIndexLeftBehindIsDroppedAndBuiltAgain() throws Exception {
    var bench =
        bench(50).index("public.ix_old", "CREATE UNIQUE INDEX CONCURRENTLY ix_old ON t (old);");
    bench.run("UPDATE t SET old = 'same' WHERE id < 3");
    assertThatThrownBy(bench::expand)
        .extracting(e -> ((RubiconException) e).code())
        .isEqualTo(ErrorCode.EXPAND_FAILED);
    assertThat(bench.one("SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_old'::regclass"))
        .isEqualTo("f");
    bench.run("UPDATE t SET old = 'v1' WHERE id = 1");
    assertThat(bench.expand().indexes()).containsExactly("public.ix_old");
    assertThat(bench.one("SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_old'::regclass"))
        .isEqualTo("t");
  }

  @Test
  void aSecondActivityOnTheSameTargetIsRefused() {
    var bench = bench(10);
    bench.expand();
    var context = bench.context(dev.rubicon.rollout.Phase.BACKFILL);
    try (var lock = TargetLock.acquire(context)) {
      assertThatThrownBy(() -> TargetLock.acquire(context, Duration.ofMillis(500)))
          .extracting(e -> ((RubiconException) e).code())
          .isEqualTo(ErrorCode.TARGET_BUSY);
      lock.check();
    }
    bench.dualWrite();
  }
}
