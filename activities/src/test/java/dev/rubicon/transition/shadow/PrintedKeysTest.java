package dev.rubicon.transition.shadow;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.transition.Bench;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A client's settings decide how PostgreSQL prints a value: two keys may then have one text, and a
 * text may be read as another value. Which row is written is never decided by that.
 */
@Timeout(120)
@Tag("slow")
class PrintedKeysTest {
  private static final String FEW_DIGITS = "SET extra_float_digits = -15;";

  /** At that instant the clocks of Moscow went back, and both hours are called MSK. */
  private static final String MOSCOW = "SET TimeZone = 'Europe/Moscow' SET DateStyle = 'SQL, DMY'";

  /** CST is China's time there, and America's when it is read. */
  private static final String SHANGHAI =
      "SET TimeZone = 'Asia/Shanghai' SET DateStyle = 'SQL, MDY'";

  /** pgjdbc is no such client, so that a function says it with these settings. */
  private static String by(String settings, String sql) {
    return """
    CREATE OR REPLACE FUNCTION pg_temp.client(sql text) RETURNS void LANGUAGE plpgsql %s
      AS 'BEGIN EXECUTE sql; END';
    SELECT pg_temp.client($client$%s$client$)\
    """
        .formatted(settings, sql);
  }

  private static Bench shadow(String type) {
    return new Bench("CREATE TABLE t (id " + type + " PRIMARY KEY, v int)")
        .migration("V1__u.sql", "CREATE TABLE u (id " + type + " PRIMARY KEY, v int);")
        .migration("U1__u.sql", "DROP TABLE u;")
        .shadow("public.t", new Shadow("public.u", Optional.empty(), LegacyName.KEEP, List.of()));
  }

  private static void same(Bench bench, String... statements) {
    for (String sql : statements) {
      bench.run(sql);
      assertThat(bench.rows("SELECT id::text, v FROM u ORDER BY id"))
          .as(sql)
          .isEqualTo(bench.rows("SELECT id::text, v FROM t ORDER BY id"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"float8", "float4"})
  void numbersThatAClientPrintsAlike(String type) {
    Bench bench = shadow(type);
    bench.run("INSERT INTO t VALUES (1.5, 1), (1.25, 2), ('-0', 3), ('NaN', 4)");
    bench.toVerified();
    for (String side : List.of("t", "u")) {
      same(
          bench,
          FEW_DIGITS + "UPDATE " + side + " SET id = id + 0.015625 WHERE v < 3",
          FEW_DIGITS + "UPDATE " + side + " SET id = 0 WHERE v = 3",
          FEW_DIGITS + "INSERT INTO " + side + " VALUES (1.75, 5), (1.625, 6)",
          FEW_DIGITS + "UPDATE " + side + " SET v = v + 10",
          FEW_DIGITS + "DELETE FROM " + side + " WHERE v > 14",
          "UPDATE " + side + " SET v = v - 10, id = '-0' WHERE v = 13",
          "UPDATE " + side + " SET v = v - 10 WHERE v > 10");
    }
    bench.cutover();
    same(bench, FEW_DIGITS + "UPDATE u SET id = id + 0.015625 WHERE v < 3");
    assertThat(bench.verify().mismatches()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"timestamptz", "tstzrange"})
  void instantsThatAClientPrintsAlike(String type) {
    Bench bench = shadow(type);
    String first = "'2014-10-25 21:30:00+00'";
    String second = "'2014-10-25 22:30:00+00'";
    if (type.equals("tstzrange")) {
      first = "tstzrange(" + first + ", NULL)";
      second = "tstzrange(" + second + ", NULL)";
    }
    bench.run("INSERT INTO t VALUES (" + first + ", 1)");
    bench.toVerified();
    for (String side : List.of("t", "u")) {
      same(
          bench,
          by(MOSCOW, "UPDATE " + side + " SET id = " + second),
          by(MOSCOW, "UPDATE " + side + " SET id = " + first + ", v = v + 1"),
          by(MOSCOW, "INSERT INTO " + side + " VALUES (" + second + ", 7)"),
          by(MOSCOW, "DELETE FROM " + side + " WHERE v = 7"));
    }
    assertThat(bench.verify().mismatches()).isZero();
  }

  @Test
  void aRowThatMovesIsReadAsItWas() {
    Bench bench =
        new Bench(
                "CREATE TABLE t (id int, part int, f float8, at timestamptz, PRIMARY KEY (id,"
                    + " part)) PARTITION BY LIST (part)",
                "CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1)",
                "CREATE TABLE t_2 PARTITION OF t FOR VALUES IN (2)",
                "INSERT INTO t SELECT g, 1, 0.1::float8 + 0.2::float8, '2026-01-01' FROM"
                    + " generate_series(1, 4) g")
            .migration(
                "V1__u.sql",
                """
                CREATE TABLE u (id int, part int, rounded int, year int, PRIMARY KEY (id, part));
                """)
            .migration("U1__u.sql", "DROP TABLE u;")
            .shadow(
                "public.t",
                new Shadow("public.u", Optional.empty(), LegacyName.KEEP, List.of()),
                map("rounded", "", "f::int", Map.of()),
                map("year", "", "extract(year FROM at AT TIME ZONE 'UTC')::int", Map.of()));
    bench.toVerified();
    bench.run(
        "UPDATE u SET rounded = 77, year = 77",
        "SET extra_float_digits = 0; UPDATE t SET part = 2 WHERE id = 1",
        "SET extra_float_digits = 0; UPDATE t SET part = 2, id = 12 WHERE id = 2",
        by(SHANGHAI, "UPDATE t SET part = 2 WHERE id = 3"),
        by(SHANGHAI, "UPDATE t SET part = 2, id = 14 WHERE id = 4"));
    assertThat(bench.rows("SELECT id, part, rounded, year FROM u ORDER BY id"))
        .containsExactly("1|2|77|77", "3|2|77|77", "12|2|77|77", "14|2|77|77");
    assertThat(bench.verify().mismatches()).isZero();
  }
}
