package dev.rubicon.transition.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.runbook.ForeignKey;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Bench;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two shadows with a foreign key between them that cascades, on either side. */
@Turn
class CascadingKeysTest {
  /** Canonical's key is there before canonical is open: for as long as it is being validated. */
  @Test
  void legacysClientsDeleteWhileCanonicalIsNotOpen() {
    Bench bench =
        new Bench(
                "CREATE TABLE cu (id bigint PRIMARY KEY, t text)",
                "CREATE TABLE od (id bigint PRIMARY KEY,"
                    + " cu_id bigint REFERENCES cu ON DELETE CASCADE ON UPDATE CASCADE, t text)",
                "INSERT INTO cu SELECT g, 'v' || g FROM generate_series(1, 20) g",
                "INSERT INTO od SELECT g, 1 + g % 20, 'v' FROM generate_series(1, 60) g")
            .migration(
                "V1__next.sql",
                """
                CREATE TABLE cu2 (id bigint PRIMARY KEY, t text);
                CREATE TABLE od2 (id bigint PRIMARY KEY, cu_id bigint, t text);
                """)
            .migration("U1__next.sql", "DROP TABLE od2; DROP TABLE cu2;")
            .shadow(
                "public.cu", new Shadow("public.cu2", Optional.empty(), LegacyName.KEEP, List.of()))
            .shadow(
                "public.od",
                new Shadow(
                    "public.od2",
                    Optional.empty(),
                    LegacyName.KEEP,
                    List.of(
                        new ForeignKey(
                            "od2_cu",
                            "FOREIGN KEY (cu_id) REFERENCES public.cu2 (id)"
                                + " ON DELETE CASCADE ON UPDATE CASCADE"))));
    bench.install();
    bench.backfill();
    // As it stands between the key and the opening, whose order the phase has.
    bench.run(
        "ALTER TABLE od2 ADD CONSTRAINT probe FOREIGN KEY (cu_id) REFERENCES cu2 (id)"
            + " ON DELETE CASCADE ON UPDATE CASCADE NOT VALID",
        "DELETE FROM cu WHERE id = 1",
        "UPDATE cu SET id = 100 WHERE id = 2",
        "ALTER TABLE od2 DROP CONSTRAINT probe");
    assertThatThrownBy(() -> bench.run("DELETE FROM od2 WHERE id = 5"))
        .rootCause()
        .hasMessageContaining("od2 is not filled yet");
    assertThat(bench.verify().mismatches()).isZero();
    bench.run("DELETE FROM cu WHERE id = 3", "DELETE FROM cu2 WHERE id = 4");
    assertThat(bench.rows("SELECT count(*) FROM cu UNION ALL SELECT count(*) FROM cu2"))
        .containsExactly("17", "17");
    assertThat(bench.rows("SELECT count(*) FROM od UNION ALL SELECT count(*) FROM od2"))
        .containsExactly("51", "51");
    assertThat(bench.verify().mismatches()).isZero();
  }

  /** Through a relation that is not open either, into partitions, and with SET NULL. */
  @Test
  void aCascadeGoesOnThroughSeveralThatAreNotOpen() {
    Bench bench =
        new Bench(
                "CREATE TABLE a (id bigint PRIMARY KEY, v text)",
                "CREATE TABLE b (id bigint PRIMARY KEY, a_id bigint REFERENCES a ON DELETE"
                    + " CASCADE)",
                "CREATE TABLE c (id bigint PRIMARY KEY,"
                    + " b_id bigint REFERENCES b ON DELETE SET NULL ON UPDATE CASCADE)",
                "INSERT INTO a SELECT g, 'v' FROM generate_series(1, 9) g",
                "INSERT INTO b SELECT g, g FROM generate_series(1, 9) g",
                "INSERT INTO c SELECT g, g FROM generate_series(1, 9) g")
            .migration(
                "V1__next.sql",
                """
                CREATE TABLE a2 (id bigint PRIMARY KEY, v text);
                CREATE TABLE b2 (id bigint PRIMARY KEY, a_id bigint);
                CREATE TABLE c2 (id bigint PRIMARY KEY, b_id bigint) PARTITION BY HASH (id);
                CREATE TABLE c2_0 PARTITION OF c2 FOR VALUES WITH (MODULUS 2, REMAINDER 0);
                CREATE TABLE c2_1 PARTITION OF c2 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
                """)
            .migration("U1__next.sql", "DROP TABLE c2, b2, a2;");
    for (String table : List.of("a", "b", "c")) {
      bench.shadow(
          "public." + table,
          new Shadow("public." + table + "2", Optional.empty(), LegacyName.KEEP, List.of()));
    }
    bench.install();
    bench.backfill();
    bench.run(
        "ALTER TABLE b2 ADD CONSTRAINT probe FOREIGN KEY (a_id) REFERENCES a2 ON DELETE CASCADE",
        "ALTER TABLE c2 ADD CONSTRAINT probe FOREIGN KEY (b_id) REFERENCES b2"
            + " ON DELETE SET NULL ON UPDATE CASCADE",
        "DELETE FROM a WHERE id = 1",
        "UPDATE b SET id = 100 WHERE id = 2",
        "DELETE FROM b WHERE id = 3",
        "WITH gone AS (DELETE FROM a WHERE id = 4 RETURNING id) DELETE FROM c WHERE id IN (SELECT"
            + " id + 1 FROM gone)");
    assertThatThrownBy(() -> bench.run("UPDATE c2 SET b_id = NULL WHERE id = 7"))
        .rootCause()
        .hasMessageContaining("is not filled yet");
    assertThat(bench.rows("SELECT id, b_id FROM c2 ORDER BY id"))
        .isEqualTo(bench.rows("SELECT id, b_id FROM c ORDER BY id"))
        .contains("1|~", "2|100", "3|~", "4|~");
    assertThat(bench.verify().mismatches()).isZero();
  }

  /**
   * A key of the relation on itself. Under a snapshot, a trigger that meets no counterpart probes
   * whether the snapshot only hides it: the probe points at a row that is gone.
   */
  @Test
  void aCascadeWithinOneRelation() {
    String key = "FOREIGN KEY (boss) REFERENCES %s (id) ON DELETE CASCADE ON UPDATE CASCADE";
    Bench bench =
        new Bench(
                "CREATE TABLE emp (id bigint PRIMARY KEY, boss bigint, "
                    + key.formatted("emp")
                    + ")",
                "INSERT INTO emp SELECT g, nullif(g / 2, 0) FROM generate_series(1, 40) g")
            .migration("V1__next.sql", "CREATE TABLE emp2 (id bigint PRIMARY KEY, boss bigint);")
            .migration("U1__next.sql", "DROP TABLE emp2;")
            .shadow(
                "public.emp",
                new Shadow(
                    "public.emp2",
                    Optional.empty(),
                    LegacyName.KEEP,
                    List.of(new ForeignKey("emp2_boss", key.formatted("public.emp2")))));
    bench.install();
    bench.backfill();
    String level = "BEGIN ISOLATION LEVEL REPEATABLE READ; %s; COMMIT";
    bench.run(
        "ALTER TABLE emp2 ADD CONSTRAINT probe " + key.formatted("emp2") + " NOT VALID",
        "UPDATE emp SET id = 100 WHERE id = 10",
        "DELETE FROM emp WHERE id = 16",
        level.formatted("DELETE FROM emp WHERE id = 17"),
        "ALTER TABLE emp2 DROP CONSTRAINT probe");
    assertThat(bench.verify().mismatches()).isZero();
    bench.run(
        "UPDATE emp SET id = 101, boss = 101 WHERE id = 11",
        level.formatted("UPDATE emp SET id = 102 WHERE id = 12"),
        level.formatted("DELETE FROM emp WHERE id IN (100, 20, 40)"),
        level.formatted("DELETE FROM emp2 WHERE id = 18"),
        "DELETE FROM emp2 WHERE id = 19",
        level.formatted("UPDATE emp2 SET id = 107 WHERE id = 7"));
    String all = "SELECT count(*), sum(id), sum(boss) FROM ";
    assertThat(bench.one(all + "emp")).isEqualTo(bench.one(all + "emp2")).startsWith("24|");
    assertThat(bench.verify().mismatches()).isZero();
  }

  /**
   * One statement deletes a row, and what points at it with SET NULL: carried out on the other
   * side, the first deletion changes the second row before that is deleted, too. It must not come
   * back.
   */
  @Test
  void whatIsDeletedBesideWhatItPointsAtStaysDeleted() {
    String to = "FOREIGN KEY (%s) REFERENCES %s (id) ON DELETE SET NULL ON UPDATE CASCADE";
    Bench bench =
        new Bench(
                "CREATE TABLE emp (id int PRIMARY KEY, boss int, "
                    + to.formatted("boss", "emp")
                    + ")",
                "CREATE TABLE desk (id int PRIMARY KEY, emp int, "
                    + to.formatted("emp", "emp")
                    + ")",
                "INSERT INTO emp SELECT g, nullif(g - 1, 0) FROM generate_series(1, 40) g",
                "INSERT INTO desk SELECT g, g FROM generate_series(1, 40) g")
            .migration(
                "V1__next.sql",
                """
                CREATE TABLE emp2 (id int PRIMARY KEY, boss int);
                CREATE TABLE desk2 (id int PRIMARY KEY, emp int);
                """)
            .migration("U1__next.sql", "DROP TABLE desk2, emp2;")
            .shadow("public.emp", pointing("emp2", "boss", to))
            .shadow("public.desk", pointing("desk2", "emp", to));
    bench.toVerified();
    for (String level : List.of("READ COMMITTED", "REPEATABLE READ")) {
      int first = level.startsWith("READ") ? 1 : 21;
      for (String next : List.of("", "2")) {
        int id = first + (next.isEmpty() ? 0 : 10);
        bench.run(
            """
            BEGIN ISOLATION LEVEL %1$s;
            DELETE FROM emp%2$s WHERE id IN (%3$s, %3$s + 1);
            WITH d AS (DELETE FROM desk%2$s WHERE emp = %3$s + 3) DELETE FROM emp%2$s WHERE id = %3$s + 3;
            UPDATE emp%2$s SET id = -id WHERE id IN (%3$s + 5, %3$s + 6);
            WITH e AS (UPDATE emp%2$s SET id = -id WHERE id = %3$s + 8)
              UPDATE desk%2$s SET id = -id WHERE emp = %3$s + 8;
            COMMIT
            """
                .formatted(level, next, id));
      }
    }
    for (String table : List.of("emp", "desk")) {
      assertThat(bench.rows("SELECT * FROM " + table + " ORDER BY 1"))
          .isEqualTo(bench.rows("SELECT * FROM " + table + "2 ORDER BY 1"));
    }
    assertThat(bench.one("SELECT count(*), count(*) FILTER (WHERE id < 0) FROM emp"))
        .isEqualTo("28|12");
    assertThat(bench.one("SELECT count(*), count(*) FILTER (WHERE id < 0) FROM desk"))
        .isEqualTo("36|4");
    assertThat(bench.verify().mismatches()).isZero();
  }

  /**
   * TRUNCATE … CASCADE empties both on its side; on the other the first one is emptied while rows
   * still point at it.
   */
  @ParameterizedTest
  @ValueSource(strings = {"", " ON DELETE SET NULL", " ON DELETE CASCADE", " ON DELETE RESTRICT"})
  void whatIsTruncatedBesideWhatPointsAtItStaysEmpty(String action) {
    String to = "FOREIGN KEY (%s) REFERENCES %s (id)" + action;
    Bench bench =
        new Bench(
                "CREATE TABLE emp (id int PRIMARY KEY)",
                "CREATE TABLE desk (id int PRIMARY KEY, emp int, "
                    + to.formatted("emp", "emp")
                    + ")")
            .migration(
                "V1__next.sql",
                "CREATE TABLE emp2 (id int PRIMARY KEY); CREATE TABLE desk2 (id int PRIMARY KEY,"
                    + " emp int);")
            .migration("U1__next.sql", "DROP TABLE desk2, emp2;")
            .shadow(
                "public.emp",
                new Shadow("public.emp2", Optional.empty(), LegacyName.KEEP, List.of()))
            .shadow("public.desk", pointing("desk2", "emp", to));
    bench.toVerified();
    for (String side : List.of("", "2")) {
      bench.run(
          "INSERT INTO emp SELECT g FROM generate_series(1, 9) g",
          "INSERT INTO desk SELECT g, g FROM generate_series(1, 9) g",
          "TRUNCATE emp" + side + " CASCADE");
      for (String table : List.of("emp", "emp2", "desk", "desk2")) {
        assertThat(bench.one("SELECT count(*) FROM " + table)).as(table).isEqualTo("0");
      }
    }
    assertThat(bench.verify().mismatches()).isZero();
  }

  /**
   * One statement deletes a row or gives it another key, and takes from it what pointed there. That
   * row's event may come last: a cascade of the other side must not reach it before, nor through a
   * row between.
   */
  @Test
  void whatPointsElsewhereByNowIsNotReached() {
    for (String action : List.of("CASCADE", "SET NULL")) {
      String to = "FOREIGN KEY (%s) REFERENCES %s (id) ON UPDATE CASCADE ON DELETE " + action;
      Bench bench =
          new Bench(
                  "CREATE TABLE emp (id int PRIMARY KEY, boss int, "
                      + to.formatted("boss", "emp")
                      + ")",
                  "CREATE TABLE desk (id int PRIMARY KEY, emp int, "
                      + to.formatted("emp", "emp")
                      + ")",
                  "INSERT INTO emp SELECT g, nullif(g - 1, 0) FROM generate_series(1, 8) g",
                  "INSERT INTO desk SELECT g, g FROM generate_series(1, 8) g")
              .migration(
                  "V1__next.sql",
                  """
                  CREATE TABLE emp2 (id int PRIMARY KEY, boss int);
                  CREATE TABLE desk2 (id int PRIMARY KEY, emp int);
                  """)
              .migration("U1__next.sql", "DROP TABLE desk2, emp2;")
              .shadow("public.emp", pointing("emp2", "boss", to))
              .shadow("public.desk", pointing("desk2", "emp", to));
      bench.toVerified();
      // 14 has no MERGE.
      String moved =
          Integer.parseInt(bench.one("SHOW server_version_num")) >= 150_000
              ? """
              MERGE INTO emp%1$s e USING (VALUES (7, true), (8, false)) AS s (id, gone) ON e.id = s.id
                WHEN MATCHED AND gone THEN DELETE WHEN MATCHED THEN UPDATE SET boss = 1\
              """
              : "WITH d AS (DELETE FROM emp%1$s WHERE id = 7) UPDATE emp%1$s SET boss = 1 WHERE id"
                  + " = 8";
      for (String next : List.of("", "2")) {
        // Fills legacy anew with what was there.
        bench.run(
            "DELETE FROM emp",
            "INSERT INTO emp SELECT g, nullif(g - 1, 0) FROM generate_series(1, 8) g",
            "DELETE FROM desk",
            "INSERT INTO desk SELECT g, g FROM generate_series(1, 8) g",
            """
            WITH d AS (UPDATE desk%1$s SET emp = 1 WHERE emp = 4),
              e AS (UPDATE emp%1$s SET boss = 2 WHERE boss = 4)
              DELETE FROM emp%1$s WHERE id = 4\
            """
                .formatted(next),
            """
            WITH d AS (UPDATE desk%1$s SET emp = 1 WHERE emp = 6)
              UPDATE emp%1$s SET id = 60 WHERE id = 6\
            """
                .formatted(next),
            moved.formatted(next));
        for (String side : List.of("", "2")) {
          assertThat(bench.rows("SELECT id, boss FROM emp" + side + " ORDER BY id"))
              .containsExactly("1|~", "2|1", "3|2", "5|2", "8|1", "60|5");
          assertThat(bench.rows("SELECT id, emp FROM desk" + side + " WHERE id <> 7 ORDER BY id"))
              .containsExactly("1|1", "2|2", "3|3", "4|1", "5|5", "6|1", "8|8");
        }
      }
      assertThat(bench.verify().mismatches()).isZero();
    }
  }

  /** The other side is emptied row by row, and its SET NULL changes rows that are to go next. */
  @Test
  void whatIsTruncatedBesideWhatItPointsAtStaysAway() {
    String to = "FOREIGN KEY (%s) REFERENCES %s (id) ON DELETE SET NULL";
    Bench bench =
        new Bench(
                "CREATE TABLE emp (id int PRIMARY KEY, boss int)",
                "CREATE TABLE desk (id int PRIMARY KEY, emp int, "
                    + to.formatted("emp", "emp")
                    + ")")
            .migration(
                "V1__next.sql",
                """
                CREATE TABLE emp2 (id int PRIMARY KEY, boss int);
                CREATE TABLE desk2 (id int PRIMARY KEY, emp int);
                """)
            .migration("U1__next.sql", "DROP TABLE desk2, emp2;")
            .shadow("public.emp", pointing("emp2", "boss", to))
            .shadow("public.desk", pointing("desk2", "emp", to));
    bench.toVerified();
    for (String truncate :
        List.of("emp, desk", "desk, emp", "emp CASCADE", "emp2, desk2", "emp2 CASCADE")) {
      bench.run(
          "INSERT INTO emp SELECT g, g FROM generate_series(1, 5) g",
          "INSERT INTO desk SELECT g, g FROM generate_series(1, 5) g",
          "TRUNCATE " + truncate);
      assertThat(
              bench.rows(
                  "SELECT id FROM emp UNION ALL SELECT id FROM emp2"
                      + " UNION ALL SELECT id FROM desk UNION ALL SELECT id FROM desk2"))
          .as(truncate)
          .isEmpty();
    }
    assertThat(bench.verify().mismatches()).isZero();
  }

  /** What is pointed at need not be the key: an UPDATE that leaves the key cascades as well. */
  @Test
  void whatPointsElsewhereByAnotherColumnIsNotReached() {
    String to = "FOREIGN KEY (code) REFERENCES %s (code) ON DELETE CASCADE ON UPDATE CASCADE";
    Bench bench =
        new Bench(
                "CREATE TABLE emp (id int PRIMARY KEY, code int UNIQUE)",
                "CREATE TABLE desk (id int PRIMARY KEY, code int, " + to.formatted("emp") + ")",
                "INSERT INTO emp SELECT g, g * 10 FROM generate_series(1, 9) g",
                "INSERT INTO desk SELECT g, g * 10 FROM generate_series(1, 9) g")
            .migration(
                "V1__next.sql",
                "CREATE TABLE emp2 (id int PRIMARY KEY, code int UNIQUE); CREATE TABLE desk2 (id"
                    + " int PRIMARY KEY, code int);")
            .migration("U1__next.sql", "DROP TABLE desk2, emp2;")
            .shadow(
                "public.emp",
                new Shadow("public.emp2", Optional.empty(), LegacyName.KEEP, List.of()))
            .shadow(
                "public.desk",
                new Shadow(
                    "public.desk2",
                    Optional.empty(),
                    LegacyName.KEEP,
                    List.of(new ForeignKey("desk2_emp", to.formatted("public.emp2")))));
    bench.toVerified();
    for (String side : List.of("", "2")) {
      int first = side.isEmpty() ? 10 : 50;
      bench.run(
          "WITH m AS (UPDATE desk%1$s SET code = %2$d + 10 WHERE code = %2$d) UPDATE emp%1$s SET code = %2$d + 1 WHERE code = %2$d"
              .formatted(side, first),
          "WITH m AS (UPDATE desk%1$s SET code = %2$d + 10 WHERE code = %2$d + 20) DELETE FROM emp%1$s WHERE code = %2$d + 20"
              .formatted(side, first));
    }
    for (String side : List.of("", "2")) {
      assertThat(bench.rows("SELECT id, code FROM emp" + side + " ORDER BY 1"))
          .containsExactly("1|11", "2|20", "4|40", "5|51", "6|60", "8|80", "9|90");
      assertThat(bench.rows("SELECT id, code FROM desk" + side + " ORDER BY 1"))
          .containsExactly("1|20", "2|20", "3|20", "4|40", "5|60", "6|60", "7|60", "8|80", "9|90");
    }
    assertThat(bench.verify().mismatches()).isZero();
  }

  /** docs/clients.md: legal without a rollout; in two statements with one. */
  @Test
  void aDefaultThatGoesWithWhatPointsAtTheOthers() {
    String to = "FOREIGN KEY (%s) REFERENCES %s (id) ON DELETE SET DEFAULT";
    Bench bench =
        new Bench(
                "CREATE TABLE emp (id int PRIMARY KEY)",
                "CREATE TABLE desk (id int PRIMARY KEY, emp int DEFAULT 9, "
                    + to.formatted("emp", "emp")
                    + ")",
                "INSERT INTO emp SELECT g FROM generate_series(1, 9) g",
                "INSERT INTO desk SELECT g, g FROM generate_series(1, 9) g")
            .migration(
                "V1__next.sql",
                "CREATE TABLE emp2 (id int PRIMARY KEY); CREATE TABLE desk2 (id int PRIMARY KEY,"
                    + " emp int DEFAULT 9);")
            .migration("U1__next.sql", "DROP TABLE desk2, emp2;")
            .shadow(
                "public.emp",
                new Shadow("public.emp2", Optional.empty(), LegacyName.KEEP, List.of()))
            .shadow("public.desk", pointing("desk2", "emp", to));
    String both =
        "WITH d AS (DELETE FROM desk%1$s WHERE emp IN (5, 9)) DELETE FROM emp%1$s WHERE id IN (5,"
            + " 9)";
    bench.run("BEGIN; " + both.formatted("") + "; ROLLBACK");
    bench.toVerified();
    for (String side : List.of("", "2")) {
      assertThatThrownBy(() -> bench.run(both.formatted(side)))
          .rootCause()
          .extracting(e -> ((java.sql.SQLException) e).getSQLState())
          .isEqualTo("23503");
    }
    bench.run(
        "WITH d AS (DELETE FROM desk WHERE emp = 5) DELETE FROM emp WHERE id = 5",
        "DELETE FROM emp WHERE id = 6",
        "WITH d AS (DELETE FROM desk2 WHERE emp = 7) DELETE FROM emp2 WHERE id = 7",
        "DELETE FROM emp2 WHERE id = 8",
        "UPDATE desk SET emp = 1 WHERE emp = 9",
        "DELETE FROM emp2 WHERE id = 9");
    for (String table : List.of("emp", "desk")) {
      assertThat(bench.rows("SELECT * FROM " + table + " ORDER BY 1"))
          .isEqualTo(bench.rows("SELECT * FROM " + table + "2 ORDER BY 1"));
    }
    assertThat(bench.verify().mismatches()).isZero();
  }

  private static Shadow pointing(String table, String column, String key) {
    return new Shadow(
        "public." + table,
        Optional.empty(),
        LegacyName.KEEP,
        List.of(new ForeignKey(table + "_to", key.formatted(column, "public.emp2"))));
  }
}
