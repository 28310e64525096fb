package dev.rubicon.cutover;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.rollout.Phase;
import dev.rubicon.transition.Bench;
import java.sql.Connection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Clients queue for the first table while the crossing waits for the second: the sum of both waits
 * is what they notice, and what {@code deadlock_timeout} is held against.
 */
class SharedWaitTest {
  /** How long the engine has waited for a lock on a table, in ms; -1 where it does not. */
  private static long waits(Bench bench, String table) {
    return Long.parseLong(
        bench.one(
            """
            SELECT coalesce(max((extract(epoch FROM clock_timestamp() - l.waitstart) * 1000)::int), -1)
            FROM pg_locks l JOIN pg_stat_activity a USING (pid)
            WHERE NOT l.granted AND l.relation = '%s'::regclass AND a.application_name LIKE 'rubicon%%'
            """
                .formatted(table)));
  }

  private static Connection holding(Bench bench, String statement, String table) throws Exception {
    Connection client = bench.connect("client");
    client.setAutoCommit(false);
    client.createStatement().execute(statement.formatted(table));
    return client;
  }

  @ParameterizedTest
  @CsvSource({
    // A reader is in the way of the crossing's own locks, a writer of its read-only window's too.
    "'lock-timeout: 2s, budget: 60s', SELECT FROM %s",
    "'lock-timeout: 2s, budget: 60s, read-only: 30s', INSERT INTO %s (id) VALUES (1)"
  })
  void oneStepOfTheLadderIsAllThatItWaitsForAllTables(String cutover, String statement)
      throws Exception {
    Bench bench =
        new Bench(
                "CREATE TABLE a (id int PRIMARY KEY, v int)",
                "CREATE TABLE b (LIKE a INCLUDING ALL)")
            .transition("public.a", map("w", "int", "v", Map.of("v", "w")))
            .transition("public.b", map("w", "int", "v", Map.of("v", "w")));
    bench.cutover = cutover;
    bench.toVerified();
    try (Connection a = holding(bench, statement, "a");
        Connection b = holding(bench, statement, "b")) {
      var crossing = CompletableFuture.supplyAsync(bench::cutover);
      Bench.until(() -> Math.max(waits(bench, "a"), waits(bench, "b")) > 1_500);
      boolean firstIsA = waits(bench, "a") > 0;
      (firstIsA ? a : b).rollback();
      Bench.until(() -> waits(bench, firstIsA ? "b" : "a") >= 0);
      Bench.until(() -> waits(bench, firstIsA ? "b" : "a") < 0);
      (firstIsA ? b : a).rollback();
      crossing.join();
    }
    var attempts = bench.evidence.get(Phase.CUTOVER, Crossed.EVIDENCE).attempts();
    assertThat(attempts.getFirst().outcome()).isEqualTo("55P03");
    assertThat(attempts.getFirst().milliseconds()).isBetween(1_900.0, 2_900.0);
  }
}
