package dev.rubicon.verify;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.error.RubiconException;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Bench;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** PostgreSQL's parallel workers share the comparison, wherever every expression allows it. */
@Turn
@Timeout(300)
@Tag("slow")
class ParallelVerificationTest {
  private static final int ROWS = 300_000;
  private static final String WORKERS =
      "SELECT count(*) FROM pg_stat_activity w JOIN pg_stat_activity l ON l.pid = w.leader_pid"
          + " WHERE w.datname = current_database() AND l.application_name LIKE 'rubicon/verify/%'";

  private static Bench filled(boolean shadow, String... up) {
    var bench =
        new Bench(
            "CREATE TABLE t (id int PRIMARY KEY, old text, at timestamptz DEFAULT now())",
            "INSERT INTO t SELECT g, 'v' || g FROM generate_series(1, " + ROWS + ") g",
            "ALTER TABLE t SET (parallel_workers = 2)",
            """
            CREATE FUNCTION mine(v text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
            $$ BEGIN RETURN v || '!'; END $$
            """);
    bench.verify = ", parallel: 2";
    if (shadow) {
      bench.migration("V1__u.sql", "CREATE TABLE u (id bigint PRIMARY KEY, new text);");
      bench.migration("U1__u.sql", "DROP TABLE u;");
      bench.shadow(
          "public.t",
          new Shadow("public.u", Optional.empty(), LegacyName.KEEP, List.of()),
          map("new", "", up[0], Map.of()));
    } else {
      bench.transition("public.t", map("new", "text", up[0], Map.of()));
    }
    bench.install();
    bench.backfill();
    return bench;
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "false, upper(old)",
        "false, at::text",
        "false, id::text || old",
        "true, upper(old)",
        "true, at::text"
      })
  void workersShareIt(boolean shadow, String up) throws SQLException {
    Bench bench = filled(shadow, up);
    // Both are there before it begins: what looks has no time to connect meanwhile.
    try (var connection = bench.connect("watcher");
        var workers = connection.prepareStatement(WORKERS)) {
      boolean seen = someWorkIn(workers);
      var verify = CompletableFuture.supplyAsync(bench::verify);
      while (!seen && !verify.isDone()) {
        seen = someWorkIn(workers);
      }
      assertThat(verify.join().mismatches()).isZero();
      assertThat(seen).as("workers were seen before it was over").isTrue();
    }
  }

  private static boolean someWorkIn(PreparedStatement workers) throws SQLException {
    try (var rows = workers.executeQuery()) {
      rows.next();
      return rows.getInt(1) > 0;
    }
  }

  @Test
  void aFunctionThatMayNotRunInWorkersKeepsItToOneSession() {
    Bench bench = filled(false, "mine(old)");
    assertThat(
            bench.rows(
                "SELECT proparallel FROM pg_proc WHERE pronamespace = 'rubicon'::regnamespace"
                    + " AND prosrc || coalesce(pg_get_function_sqlbody(oid), '') LIKE '%mine(%'"))
        .containsExactly("u");
    assertThat(bench.verify().mismatches()).isZero();
  }

  /** One row too many and one too few: the numbers agree, the rows do not. */
  @Test
  void aRowExchangedForAnotherIsFound() {
    Bench bench = filled(true, "upper(old)");
    bench.run(
        "ALTER TABLE u DISABLE TRIGGER USER; DELETE FROM u WHERE id = 7;"
            + " INSERT INTO u VALUES (0, 'nobody')");
    assertThatThrownBy(bench::verify)
        .isInstanceOf(RubiconException.class)
        .hasMessageContaining("canonical lacks 1 and has 1 that legacy lacks");
  }
}
