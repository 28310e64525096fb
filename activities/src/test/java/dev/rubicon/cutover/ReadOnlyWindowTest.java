package dev.rubicon.cutover;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.transition.Bench;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What {@code read-only} promises to those who write: they wait, and for no longer than it says.
 */
@Tag("slow")
@Timeout(120)
class ReadOnlyWindowTest {
  /**
   * An owner's function that takes its time, once somebody has written a row into {@code brake}.
   */
  private static final String SLOW =
      """
      CREATE FUNCTION slow(v int) RETURNS int LANGUAGE plpgsql STABLE AS $$
      BEGIN
        IF EXISTS (SELECT FROM public.brake) THEN PERFORM pg_sleep(0.8); END IF;
        RETURN v;
      END $$
      """;

  /** Each comparison is shorter than the window; all of them together are not. */
  private static Bench threeTables(String cutover) {
    Bench bench = new Bench("CREATE TABLE brake (on_ boolean)", SLOW);
    for (String table : new String[] {"a", "b", "c"}) {
      bench.run(
          "CREATE TABLE " + table + " (id int PRIMARY KEY, v int)",
          "INSERT INTO " + table + " VALUES (1, 1)");
      bench.transition("public." + table, map("w", "int", "slow(v)", Map.of("v", "w")));
    }
    bench.cutover = cutover;
    bench.toVerified();
    for (String table : new String[] {"a", "b", "c"}) {
      bench.run("UPDATE " + table + " SET v = 2");
    }
    bench.run("INSERT INTO brake VALUES (true)");
    return bench;
  }

  @Test
  void writersWaitForNoLongerThanItSays() throws Exception {
    Bench bench = threeTables("read-only: 1s, lock-timeout: 200ms, budget: 20s");
    var crossing = CompletableFuture.supplyAsync(bench::cutover);
    Bench.until(() -> held(bench));
    long began = System.nanoTime();
    try (Connection client = bench.connect("a client");
        var statement = client.createStatement()) {
      // Reads go on, and this one is answered while the window is open.
      assertThat(statement.executeQuery("SELECT v FROM b").next()).isTrue();
      assertThat(held(bench)).isTrue();
      assertThat(statement.executeUpdate("DELETE FROM c")).isOne();
    }
    assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began)).isLessThan(1_400);
    assertThatThrownBy(crossing::join)
        .cause()
        .isInstanceOfSatisfying(
            RubiconException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.CUTOVER_BUDGET_SPENT);
              assertThat(e).hasMessageContaining("read-only").hasMessageContaining("1 s");
              assertThat(e.next()).contains("rubicon ");
            });
    assertThat(bench.one("SELECT stage FROM rubicon.state")).isEqualTo("VERIFIED");
    bench.run("DELETE FROM brake");
    bench.cutover();
    bench.run("INSERT INTO c (id, w) VALUES (3, 3)");
    assertThat(bench.one("SELECT v FROM c WHERE id = 3")).isEqualTo("3");
  }

  /** The lock that holds writers off. */
  private static boolean held(Bench bench) {
    return !bench
        .one(
            "SELECT count(*) FROM pg_locks WHERE relation = 'public.c'::regclass AND mode ="
                + " 'ShareLock' AND granted")
        .equals("0");
  }

  @Test
  void whoAsksToWaitForLessGetsTheStateThatHeAskedFor() throws Exception {
    Bench bench = threeTables("read-only: 20s, budget: 30s");
    var crossing = CompletableFuture.supplyAsync(bench::cutover);
    Bench.until(() -> held(bench));
    try (Connection client = bench.connect("a client");
        var statement = client.createStatement()) {
      statement.execute("SET lock_timeout = '100ms'");
      assertThatThrownBy(() -> statement.execute("UPDATE c SET v = 5"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("55P03"));
      statement.execute("SET lock_timeout = 0; SET statement_timeout = '100ms'");
      assertThatThrownBy(() -> statement.execute("UPDATE c SET v = 5"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57014"));
      assertThat(held(bench)).isTrue();
      // Who asks for nothing waits, and writes behind the crossing.
      statement.execute("SET statement_timeout = 0");
      assertThat(statement.executeUpdate("UPDATE c SET w = 5")).isOne();
    }
    crossing.join();
    assertThat(bench.one("SELECT v FROM c")).isEqualTo("5");
  }
}
