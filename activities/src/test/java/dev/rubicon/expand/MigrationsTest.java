package dev.rubicon.expand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.transition.Bench;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A migration that commits in batches: nobody waits for all of it, and it goes on after a kill. */
class MigrationsTest {
  private static final String COPIED = "SELECT count(*) FROM copied";

  private static Bench bench() {
    return new Bench(
            "CREATE TABLE t (n int PRIMARY KEY)", "INSERT INTO t SELECT generate_series(0, 999)")
        .migration(
            "V1__copied.sql",
            """
            CREATE TABLE copied (n int PRIMARY KEY);
            CREATE PROCEDURE copy_all() LANGUAGE plpgsql AS $$
            BEGIN
              FOR batch IN 0 .. 9 LOOP
                INSERT INTO copied
                SELECT n FROM (SELECT n FROM t WHERE n / 100 = batch FOR NO KEY UPDATE) AS held
                ON CONFLICT DO NOTHING;
                COMMIT;
              END LOOP;
            END $$;
            """)
        .migration("U1__copied.sql", "DROP PROCEDURE copy_all(); DROP TABLE copied;")
        .migration(
            "V1_1__copy.sql",
            """
            -- The rows of before.
            -- no transaction: commits after each hundred rows
            CALL copy_all();
            CREATE TABLE IF NOT EXISTS done ();
            """)
        .migration("U1_1__copy.sql", "DROP TABLE IF EXISTS done;")
        .migration("V2__last.sql", "CREATE TABLE last ();")
        .migration("U2__last.sql", "DROP TABLE last;");
  }

  /** A client in the middle of a transaction that wrote one row of the sixth batch. */
  private static Connection holder(Bench bench) throws SQLException {
    Connection holder = bench.connect("holder");
    try (var statement = holder.createStatement()) {
      statement.execute("BEGIN; UPDATE t SET n = n WHERE n = 550");
    }
    return holder;
  }

  /** It has done what was free, holds nothing of it, and waits. */
  private static void untilItWaits(Bench bench) {
    Bench.until(
        () ->
            bench.one("SELECT to_regclass('copied') IS NOT NULL").equals("t")
                && bench.one(COPIED).equals("500"));
    bench.run("SET lock_timeout = 1", "UPDATE t SET n = n WHERE n < 500");
  }

  private static void release(Connection holder) throws SQLException {
    try (var statement = holder.createStatement()) {
      statement.execute("COMMIT");
    }
  }

  @Test
  void aRowThatSomebodyHoldsIsWaitedForInShortStepsAndNothingElseIsHeld() throws Exception {
    Bench bench = bench();
    try (Connection holder = holder(bench)) {
      var expand = CompletableFuture.supplyAsync(bench::expand);
      untilItWaits(bench);
      Bench.until(() -> bench.notes.contains("a lock was not free; trying again"));
      release(holder);
      assertThat(expand.get(60, TimeUnit.SECONDS).migrations()).containsExactly("1", "1.1", "2");
    }
    assertThat(bench.one(COPIED)).isEqualTo("1000");
  }

  @Test
  void itGoesOnWhereItWasKilled() throws Exception {
    Bench bench = bench();
    try (Connection holder = holder(bench)) {
      killed(bench);
      release(holder);
    }
    assertThat(bench.one(COPIED)).isEqualTo("500");
    assertThat(bench.expand().migrations()).containsExactly("1", "1.1", "2");
    assertThat(bench.expand().migrations()).containsExactly("1", "1.1", "2");
    assertThat(bench.one(COPIED)).isEqualTo("1000");
  }

  @Test
  void halfOfItIsTakenBackByAbort() throws Exception {
    Bench bench = bench();
    String before = bench.fingerprint();
    try (Connection holder = holder(bench)) {
      killed(bench);
      release(holder);
    }
    // What the half that never came to its end would have left, had it been killed a moment later.
    bench.run("CREATE TABLE done ()");
    bench.abort();
    assertThat(bench.fingerprint()).isEqualTo(before);
  }

  /** Hours may lie before it; nobody who cancels waits for them. */
  @ParameterizedTest
  @ValueSource(strings = {"-- no transaction: sleeps\n", ""})
  void whoCancelsDoesNotWaitForAMigration(String marker) throws Exception {
    Bench bench =
        new Bench()
            .migration("V1__sleep.sql", marker + "SELECT pg_sleep(3600);")
            .migration("U1__sleep.sql", "SELECT 1;");
    String before = bench.fingerprint();
    var expand = CompletableFuture.supplyAsync(bench::expand);
    Bench.until(() -> bench.one(ASLEEP).equals("1"));
    bench.cancel();
    assertThatThrownBy(() -> expand.get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(Progress.PhaseCancelled.class);
    Bench.until(() -> bench.one(ASLEEP).equals("0"));
    bench.cancelled = false;
    bench.abort();
    assertThat(bench.fingerprint()).isEqualTo(before);
  }

  private static final String ASLEEP =
      "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state ="
          + " 'active' AND wait_event = 'PgSleep'";

  private static void killed(Bench bench) {
    var expand = CompletableFuture.supplyAsync(bench::expand);
    untilItWaits(bench);
    Bench.until(
        () ->
            bench
                .one(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname ="
                        + " current_database() AND query LIKE '%CALL copy_all%' AND wait_event_type"
                        + " = 'Lock'")
                .equals("1"));
    assertThatThrownBy(() -> expand.get(60, TimeUnit.SECONDS))
        .hasCauseInstanceOf(RubiconException.class)
        .extracting(e -> ((RubiconException) e.getCause()).code())
        .isEqualTo(ErrorCode.CONNECTION_LOST);
  }
}
