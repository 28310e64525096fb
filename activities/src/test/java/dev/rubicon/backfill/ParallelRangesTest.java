package dev.rubicon.backfill;

import static dev.rubicon.transition.Bench.map;
import static dev.rubicon.transition.Bench.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Bench;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several ranges of one relation, filled at once. */
@Turn
@Timeout(300)
class ParallelRangesTest {
  private static final int ROWS = 40_000;

  /** Who waits here holds a batch up: the first row's trigger asks for an advisory lock. */
  private static final String[] GATE = {
    """
    CREATE FUNCTION gate() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_advisory_xact_lock_shared(7); RETURN NEW; END $$
    """,
    "CREATE TRIGGER a_gate BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.note = 'gate')"
        + " EXECUTE FUNCTION gate()"
  };

  private static Bench inPlace(String key) {
    var bench =
        new Bench(
            "CREATE TABLE t (id int, name text, old text, note text)",
            "INSERT INTO t SELECT g, 'Zoë, \"' || g || '\"', 'v' || g FROM generate_series(1, "
                + ROWS
                + ") g",
            key);
    bench.run(GATE);
    bench.transition("public.t", map("new", "text", "old", Map.of("old", "new")));
    bench.parallel = 3;
    return bench;
  }

  /** Pairs of batches that were under way at the same time. */
  private static final String AT_ONCE =
      """
      SELECT count(*) > 0 FROM rubicon.backfill_batch a JOIN rubicon.backfill_batch b ON a.id < b.id
      AND b.at - make_interval(secs => b.milliseconds / 1000) < a.at
      """;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ALTER TABLE t ADD PRIMARY KEY (id)",
        "ALTER TABLE t ADD PRIMARY KEY (name, id)",
        "SELECT 'no key: pages'"
      })
  void everyRowIsFilledOnceWhileSeveralAreAtIt(String key) {
    var bench = inPlace(key);
    bench.install();
    assertThat(bench.backfill().rows()).containsEntry("public.t", (long) ROWS);
    assertThat(bench.one("SELECT sum(rows) FROM rubicon.backfill_batch")).isEqualTo("" + ROWS);
    assertThat(bench.one(AT_ONCE)).isEqualTo("t");
    bench.verify();
  }

  @Test
  void aShadowIsCopiedBySeveral() {
    var bench =
        new Bench(
            "CREATE TABLE t (id int PRIMARY KEY, old text)",
            "INSERT INTO t SELECT g, 'v' || g FROM generate_series(1, " + ROWS + ") g");
    bench.migration("V1__u.sql", "CREATE TABLE u (id bigint PRIMARY KEY, old text);");
    bench.migration("U1__u.sql", "DROP TABLE u;");
    bench.shadow("public.t", new Shadow("public.u", Optional.empty(), LegacyName.KEEP, List.of()));
    bench.parallel = 3;
    bench.install();
    bench.backfill();
    assertThat(bench.one("SELECT sum(rows) FROM rubicon.backfill_batch")).isEqualTo("" + ROWS);
    assertThat(bench.one(AT_ONCE)).isEqualTo("t");
    assertThat(bench.verify().mismatches()).isZero();
  }

  /**
   * One range is held up while the others go on to the end; whoever is killed then must come back
   * to it first, not after a pass over everything.
   */
  @Test
  void aRangeThatWasNotDoneIsWhereALaterAttemptBegins() throws Exception {
    var bench = inPlace("ALTER TABLE t ADD PRIMARY KEY (id)");
    bench.run("UPDATE t SET note = 'gate' WHERE id = 500");
    bench.install();
    try (var holder = bench.connect("holder");
        var statement = holder.createStatement()) {
      statement.execute("SELECT pg_advisory_lock(7)");
      var backfill = CompletableFuture.supplyAsync(bench::backfill);
      until(() -> missing(bench) > 0 && missing(bench) <= 1_000);
      assertThat(bench.one("SELECT count(*) FROM t WHERE id > 1000 AND _rubicon IS NULL"))
          .isEqualTo("0");
      bench.run(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
              + " WHERE datname = current_database() AND application_name LIKE 'rubicon/%'");
      assertThatThrownBy(backfill::get).isInstanceOf(ExecutionException.class);
    }
    // The end was filled, and yet an attempt is told to begin at the gap.
    assertThat(
            bench.one(
                "SELECT count(*) > 0 FROM rubicon.backfill_batch"
                    + " WHERE upto_key[1]::int = 40000 AND coalesce(resume_key[1]::int, 0) < 500"))
        .isEqualTo("t");
    String before = bench.one("SELECT max(id) FROM rubicon.backfill_batch");
    bench.backfill();
    assertThat(
            bench.rows(
                "SELECT pass, coalesce(after_key[1]::int, 0) < 500 FROM rubicon.backfill_batch"
                    + " WHERE id > "
                    + before
                    + " AND rows > 0 ORDER BY id LIMIT 1"))
        .containsExactly("1|t");
    assertThat(missing(bench)).isZero();
    bench.verify();
  }

  private static int missing(Bench bench) {
    return Integer.parseInt(bench.one("SELECT count(*) FROM t WHERE _rubicon IS NULL"));
  }

  @Test
  void noBatchIsAboveTheOperatorsLimitByItself() {
    var bench = inPlace("ALTER TABLE t ADD PRIMARY KEY (id)");
    // No batch is too slow for this one, however busy the machine: only the limit makes it small.
    bench.batchTarget = "10s";
    bench.install();
    bench.control = new dev.rubicon.engine.Progress.Control(false, 300);
    var backfill = CompletableFuture.supplyAsync(bench::backfill);
    until(() -> missing(bench) <= ROWS - 600);
    assertThat(bench.one("SELECT max(rows) FROM rubicon.backfill_batch")).isEqualTo("100");
    // What was kept small for the operator's sake did not teach it to take leaps afterwards.
    bench.control = dev.rubicon.engine.Progress.Control.NONE;
    backfill.join();
    assertThat(
            bench.rows(
                "SELECT rows FROM rubicon.backfill_batch WHERE rows > 100 ORDER BY id LIMIT 1"))
        .containsExactly("1000");
    assertThat(bench.one("SELECT sum(rows) FROM rubicon.backfill_batch")).isEqualTo("" + ROWS);
    bench.verify();
  }

  @Test
  void oneThatFailsStopsTheOthersAndLeavesNobodyBehind() throws SQLException {
    var bench = inPlace("ALTER TABLE t ADD PRIMARY KEY (id)");
    bench.install();
    // Slow enough that all of them are at work when one goes.
    bench.control = new dev.rubicon.engine.Progress.Control(false, 4_000);
    var backfill = CompletableFuture.supplyAsync(bench::backfill);
    String lanes =
        " FROM pg_stat_activity WHERE datname = current_database()"
            + " AND application_name LIKE 'rubicon/%' AND query ILIKE '%commit'";
    until(() -> Integer.parseInt(bench.one("SELECT count(*)" + lanes)) >= 3);
    bench.run("SELECT pg_terminate_backend(min(pid))" + lanes);
    assertThatThrownBy(backfill::get)
        .cause()
        .extracting(e -> ((RubiconException) e).code())
        .isEqualTo(ErrorCode.CONNECTION_LOST);
    until(
        () ->
            bench
                .one(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                        + " AND application_name LIKE 'rubicon/%'")
                .equals("0"));
    bench.control = dev.rubicon.engine.Progress.Control.NONE;
    bench.backfill();
    assertThat(bench.one("SELECT sum(rows) FROM rubicon.backfill_batch")).isEqualTo("" + ROWS);
    bench.verify();
  }
}
