package dev.rubicon.backfill;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.transition.Bench;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What a backfill has filled is known to the planner before clients come to it: autovacuum may be a
 * minute behind, and never looks at a partitioned table itself.
 */
class StatisticsTest {
  private static final String KNOWN =
      "SELECT count(*) FROM pg_stats WHERE tablename = '%s' AND attname = '%s' AND null_frac = 0";

  @Test
  void ofAColumnInPlace() {
    Bench bench =
        new Bench(
                "CREATE TABLE t (id int PRIMARY KEY, v text) WITH (autovacuum_enabled = off)",
                "INSERT INTO t SELECT g, 'v' || g FROM generate_series(1, 100) g")
            .transition("public.t", map("w", "text", "upper(v)", Map.of("v", "w")));
    bench.install();
    bench.backfill();
    assertThat(bench.one(KNOWN.formatted("t", "w"))).isEqualTo("1");
  }

  @Test
  void ofAShadowAndItsPartitions() {
    Bench bench =
        new Bench(
                "CREATE TABLE t (id int PRIMARY KEY, v text) WITH (autovacuum_enabled = off)",
                "INSERT INTO t SELECT g, 'v' || g FROM generate_series(1, 100) g")
            .migration(
                "V1__next.sql",
                """
                CREATE TABLE u (id bigint PRIMARY KEY, v text) PARTITION BY HASH (id);
                CREATE TABLE u0 PARTITION OF u FOR VALUES WITH (MODULUS 2, REMAINDER 0);
                CREATE TABLE u1 PARTITION OF u FOR VALUES WITH (MODULUS 2, REMAINDER 1);
                """)
            .migration("U1__next.sql", "DROP TABLE u;")
            .shadow(
                "public.t", new Shadow("public.u", Optional.empty(), LegacyName.KEEP, List.of()));
    bench.install();
    bench.backfill();
    for (String relation : List.of("u", "u0", "u1")) {
      assertThat(bench.one(KNOWN.formatted(relation, "v"))).as(relation).isEqualTo("1");
    }
  }
}
