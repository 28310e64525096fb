package dev.rubicon.transition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * In place: the owner gives a legacy column another default or name, or drops it, in the middle.
 * Nothing crosses, an abort ends, and what the owner did stands.
 */
class LegacyColumnsMeanwhileTest {
  private static Bench bench() {
    return new Bench(
            "CREATE TABLE t (id int PRIMARY KEY, v text DEFAULT 'old', n int DEFAULT 1)",
            "INSERT INTO t SELECT g, 'V' || g, g FROM generate_series(1, 5) g")
        .transition(
            "public.t",
            Bench.map("w", "text", "lower(v)", Map.of("v", "upper(w)")),
            Bench.map("m", "bigint", "n", Map.of("n", "m::int")));
  }

  private static List<String> defaults(Bench bench) {
    return bench.rows(
        "SELECT adrelid::regclass, attname, pg_get_expr(adbin, adrelid) FROM pg_attrdef JOIN"
            + " pg_attribute ON attrelid = adrelid AND attnum = adnum ORDER BY 1, 2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "ALTER TABLE t ALTER COLUMN v SET DEFAULT 'new'; t|n|1,t|v|'new'::text",
        "ALTER TABLE t ALTER COLUMN v DROP DEFAULT; t|n|1",
        "ALTER TABLE t RENAME COLUMN v TO vv; t|n|1,t|vv|'old'::text",
        "ALTER TABLE t DROP COLUMN v CASCADE; t|n|1"
      })
  void anAbortLeavesWhatTheOwnerDid(String sql, String left) {
    Bench bench = bench();
    bench.toVerified();
    bench.run(sql);
    assertThatThrownBy(bench::verify).isNotNull();
    assertThatThrownBy(bench::cutover).isNotNull();
    assertThat(bench.abort().others()).anyMatch(change -> change.contains("column:public.t.v"));
    assertThat(String.join(",", defaults(bench))).isEqualTo(left);
    assertThat(bench.rows("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")).isEmpty();
    bench.run("INSERT INTO t (id) VALUES (6)", "UPDATE t SET n = 7 WHERE id = 1");
    assertThat(bench.one("SELECT count(*) FROM pg_namespace WHERE nspname = 'rubicon'"))
        .isEqualTo("0");
  }

  @Test
  void soItDoesOnASinglePartition() {
    Bench bench =
        new Bench(
                "CREATE TABLE t (id int PRIMARY KEY, v text DEFAULT 'old') PARTITION BY RANGE (id)",
                "CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (0) TO (10)",
                "CREATE TABLE t_2 PARTITION OF t FOR VALUES FROM (10) TO (20)",
                "CREATE TABLE t_3 PARTITION OF t FOR VALUES FROM (20) TO (30)",
                "ALTER TABLE t_2 ALTER COLUMN v SET DEFAULT 'two'",
                "INSERT INTO t VALUES (1, 'V')")
            .transition("public.t", Bench.map("w", "text", "lower(v)", Map.of("v", "upper(w)")));
    bench.toVerified();
    bench.run(
        "ALTER TABLE t_1 ALTER COLUMN v SET DEFAULT 'one'",
        "ALTER TABLE t_2 ALTER COLUMN v SET DEFAULT 'second'",
        "ALTER TABLE t_3 ALTER COLUMN v DROP DEFAULT",
        "CREATE TABLE t_4 PARTITION OF t FOR VALUES FROM (30) TO (40)");
    bench.abort();
    assertThat(defaults(bench))
        .containsExactly(
            "t|v|'old'::text", "t_1|v|'one'::text", "t_2|v|'second'::text", "t_4|v|'old'::text");
  }
}
