package dev.rubicon.transition.shadow;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.runbook.ForeignKey;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.PartOf;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.transition.Bench;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One statement takes from a row what points at it, and deletes it: what carries that out on the
 * other side lets go first, wherever the foreign key is.
 */
class LettingGoTest {
  private static final String PARTITIONS =
      """
      CREATE TABLE %1$s_0 PARTITION OF %1$s FOR VALUES FROM (0) TO (50);
      CREATE TABLE %1$s_1 PARTITION OF %1$s FOR VALUES FROM (50) TO (100)\
      """;

  private static Shadow plain(String table, ForeignKey... keys) {
    return new Shadow("public." + table, Optional.empty(), LegacyName.KEEP, List.of(keys));
  }

  /** Of one partition alone, on one, or on the whole relation of either. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "desk2_0 REFERENCES emp2",
        "desk2_0 REFERENCES emp2_0",
        "desk2 REFERENCES emp2_0",
        "desk2 REFERENCES emp2"
      })
  void ofAPartition(String key) {
    Bench bench =
        new Bench(
                "CREATE TABLE emp (id int PRIMARY KEY)",
                "CREATE TABLE desk (id int PRIMARY KEY, emp int REFERENCES emp ON DELETE CASCADE)",
                "INSERT INTO emp SELECT g FROM generate_series(1, 9) g",
                "INSERT INTO desk SELECT g, g FROM generate_series(1, 9) g")
            .migration(
                "V1__next.sql",
                "CREATE TABLE emp2 (id int PRIMARY KEY) PARTITION BY RANGE (id);"
                    + PARTITIONS.formatted("emp2")
                    + "; CREATE TABLE desk2 (id int PRIMARY KEY, emp int) PARTITION BY RANGE (id);"
                    + PARTITIONS.formatted("desk2")
                    + ";")
            .migration("U1__next.sql", "DROP TABLE desk2, emp2;")
            .shadow("public.emp", plain("emp2"))
            .shadow("public.desk", plain("desk2"));
    bench.toVerified();
    // Where canonical is partitioned, the runbook gives it none: its owner does.
    bench.run(
        "ALTER TABLE "
            + key.replace(" REFERENCES", " ADD CONSTRAINT own FOREIGN KEY (emp) REFERENCES")
            + " ON DELETE CASCADE ON UPDATE CASCADE DEFERRABLE");
    bench.run(
        "WITH m AS (UPDATE desk SET emp = 1 WHERE emp = 2) DELETE FROM emp WHERE id = 2",
        "WITH m AS (UPDATE desk2 SET emp = 1 WHERE emp = 3) DELETE FROM emp2 WHERE id = 3");
    for (String side : List.of("", "2")) {
      assertThat(bench.rows("SELECT id, emp FROM desk" + side + " WHERE id < 5 ORDER BY id"))
          .as("desk%s", side)
          .containsExactly("1|1", "2|1", "3|1", "4|4");
    }
    assertThat(bench.verify().mismatches()).isZero();
  }

  /** The same on legacy, whose partition has the foreign key. */
  @Test
  void ofAPartitionOfLegacys() {
    Bench bench =
        new Bench(
                "CREATE TABLE emp (id int PRIMARY KEY)",
                "CREATE TABLE desk (id int PRIMARY KEY, emp int) PARTITION BY RANGE (id)",
                PARTITIONS.formatted("desk"),
                "ALTER TABLE desk_0 ADD FOREIGN KEY (emp) REFERENCES emp ON DELETE CASCADE",
                "INSERT INTO emp SELECT g FROM generate_series(1, 9) g",
                "INSERT INTO desk SELECT g, g FROM generate_series(1, 9) g")
            .migration(
                "V1__next.sql",
                "CREATE TABLE emp2 (id int PRIMARY KEY);"
                    + " CREATE TABLE desk2 (id int PRIMARY KEY, emp int);")
            .migration("U1__next.sql", "DROP TABLE desk2, emp2;")
            .shadow("public.emp", plain("emp2"))
            .shadow(
                "public.desk",
                plain(
                    "desk2",
                    new ForeignKey(
                        "desk2_emp",
                        "FOREIGN KEY (emp) REFERENCES public.emp2 (id) ON DELETE CASCADE")));
    bench.toVerified();
    bench.run(
        "WITH m AS (UPDATE desk SET emp = 1 WHERE emp = 2) DELETE FROM emp WHERE id = 2",
        "WITH m AS (UPDATE desk2 SET emp = 1 WHERE emp = 3) DELETE FROM emp2 WHERE id = 3");
    for (String side : List.of("", "2")) {
      assertThat(bench.rows("SELECT id, emp FROM desk" + side + " WHERE id < 5 ORDER BY id"))
          .as("desk%s", side)
          .containsExactly("1|1", "2|1", "3|1", "4|4");
    }
    assertThat(bench.verify().mismatches()).isZero();
  }

  /** What no relation takes any more, or another one, is not what the cascade reaches. */
  @ParameterizedTest
  @ValueSource(strings = {"CASCADE", "SET NULL"})
  void ofARowThatIsNotTakenAnyMore(String action) {
    String to = "FOREIGN KEY (emp) REFERENCES public.emp2 (id) ON DELETE " + action;
    Bench bench =
        new Bench(
                "CREATE TABLE emp (id int PRIMARY KEY)",
                "CREATE TABLE paper (id int PRIMARY KEY, kind text NOT NULL, emp int REFERENCES emp"
                    + " ON DELETE "
                    + action
                    + ")",
                "INSERT INTO emp SELECT g FROM generate_series(1, 9) g",
                "INSERT INTO paper SELECT g, CASE WHEN g % 2 = 0 THEN 'bill' ELSE 'slip' END, g"
                    + " FROM generate_series(1, 9) g")
            .migration(
                "V1__next.sql",
                "CREATE TABLE emp2 (id int PRIMARY KEY);"
                    + " CREATE TABLE bills (id int PRIMARY KEY, emp int);"
                    + " CREATE TABLE slips (id int PRIMARY KEY, emp int);")
            .migration("U1__next.sql", "DROP TABLE bills, slips, emp2;")
            .shadow("public.emp", plain("emp2"))
            .shadow("public.paper", taking("bills", "bill", to), kind("bill"))
            .shadow("public.paper", taking("slips", "slip", to), kind("slip"));
    bench.toVerified();
    bench.run(
        "WITH m AS (UPDATE paper SET kind = 'note', emp = NULL WHERE emp = 2) DELETE FROM emp WHERE"
            + " id = 2",
        "WITH m AS (UPDATE paper SET kind = 'bill', emp = 1 WHERE emp = 3) DELETE FROM emp WHERE id"
            + " = 3",
        "WITH m AS (UPDATE bills SET emp = 1 WHERE emp = 4) DELETE FROM emp2 WHERE id = 4");
    assertThat(bench.rows("SELECT * FROM paper WHERE id BETWEEN 2 AND 4 ORDER BY id"))
        .containsExactly("2|note|~", "3|bill|1", "4|bill|1");
    assertThat(bench.rows("SELECT * FROM bills ORDER BY id"))
        .containsExactly("3|1", "4|1", "6|6", "8|8");
    assertThat(bench.rows("SELECT * FROM slips ORDER BY id"))
        .containsExactly("1|1", "5|5", "7|7", "9|9");
    assertThat(bench.verify().mismatches()).isZero();
  }

  private static Shadow taking(String table, String kind, String key) {
    return new Shadow(
        "public." + table,
        Optional.empty(),
        LegacyName.KEEP,
        List.of(new ForeignKey(table + "_emp", key)),
        Optional.of("kind = '" + kind + "'"),
        Optional.empty(),
        PartOf.NEITHER);
  }

  private static dev.rubicon.runbook.ColumnMapping kind(String kind) {
    return map("id", "", "id", Map.of("id", "id", "kind", "'" + kind + "'::text"));
  }
}
