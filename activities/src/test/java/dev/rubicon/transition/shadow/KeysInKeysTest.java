package dev.rubicon.transition.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.runbook.ForeignKey;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Bench;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two shadows whose primary key holds a foreign key to another one: what changes that one's key
 * changes theirs, before their own rows' events come.
 */
@Turn
@Tag("slow")
class KeysInKeysTest {
  private static final String TO = "FOREIGN KEY (t, p) REFERENCES %s (t, id) ";
  private static final String ACTIONS = "ON DELETE CASCADE ON UPDATE CASCADE";

  /**
   * @param own a column that only canonical knows
   */
  private static Bench bench(String actions, String partitions, String own) {
    String to = TO + actions;
    Bench bench =
        new Bench(
                "CREATE TABLE p (t int, id int, v text, PRIMARY KEY (t, id))",
                "CREATE TABLE c (t int DEFAULT 1, p int DEFAULT 1, n int, v text, PRIMARY KEY (t,"
                    + " p, n), "
                    + to.formatted("p")
                    + ")"
                    + (partitions.isEmpty() ? "" : " PARTITION BY HASH (t, p, n)"),
                partitions.replace("X", "c"),
                "INSERT INTO p SELECT 1, g, 'v' FROM generate_series(1, 9) g",
                "INSERT INTO c SELECT 1, g, g, 'v' FROM generate_series(1, 9) g")
            .migration(
                "V1__next.sql",
                """
                CREATE TABLE p2 (t int, id int, v text, PRIMARY KEY (t, id));
                CREATE TABLE c2 (t int DEFAULT 1, p int DEFAULT 1, n int, v text, own text%s,
                  PRIMARY KEY (t, p, n));
                """
                    .formatted(own))
            .migration("U1__next.sql", "DROP TABLE c2, p2;")
            .shadow(
                "public.p", new Shadow("public.p2", Optional.empty(), LegacyName.KEEP, List.of()))
            .shadow(
                "public.c",
                new Shadow(
                    "public.c2",
                    Optional.empty(),
                    LegacyName.KEEP,
                    List.of(new ForeignKey("c2_p", to.formatted("public.p2")))));
    bench.toVerified();
    return bench;
  }

  private static void assertAlike(Bench bench, String... rows) {
    assertThat(bench.rows("SELECT p, n FROM c2 ORDER BY 1, 2"))
        .as("canonical")
        .isEqualTo(bench.rows("SELECT p, n FROM c ORDER BY 1, 2"))
        .containsExactly(rows);
    assertThat(bench.rows("SELECT t, id FROM p2 ORDER BY 1, 2"))
        .isEqualTo(bench.rows("SELECT t, id FROM p ORDER BY 1, 2"));
    assertThat(bench.verify().mismatches()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "CREATE TABLE X_0 PARTITION OF X FOR VALUES WITH (MODULUS 2, REMAINDER 0);"
            + " CREATE TABLE X_1 PARTITION OF X FOR VALUES WITH (MODULUS 2, REMAINDER 1)"
      })
  void whatPointsElsewhereByNowIsFoundUnderTheKeyThatACascadeGaveIt(String partitions) {
    Bench bench = bench(ACTIONS, partitions, " DEFAULT 'mine'");
    bench.run("UPDATE c2 SET own = 'n' || p");
    for (String side : List.of("", "2")) {
      int at = side.isEmpty() ? 0 : 4;
      // Moved elsewhere, deleted, both beside another; then what is an UPDATE as ever.
      bench.run(
          """
          WITH m AS (UPDATE c%1$s SET p = 9, n = 20 + %2$s WHERE p = %2$s)
            UPDATE p%1$s SET id = %2$s * 11 WHERE id = %2$s\
          """
              .formatted(side, at + 1),
          """
          WITH m AS (DELETE FROM c%1$s WHERE p = %2$s)
            UPDATE p%1$s SET id = %2$s * 11 WHERE id = %2$s\
          """
              .formatted(side, at + 2),
          """
          BEGIN ISOLATION LEVEL REPEATABLE READ;
          WITH m AS (UPDATE c%1$s SET p = 9, n = 20 + %2$s, v = 'w' WHERE p = %2$s)
            UPDATE p%1$s SET id = %2$s * 11 WHERE id = %2$s;
          UPDATE p%1$s SET id = -id WHERE id = %2$s * 11;
          COMMIT\
          """
              .formatted(side, at + 3),
          "UPDATE p%1$s SET id = %2$s * 11 WHERE id = %2$s".formatted(side, at + 4),
          "UPDATE c%1$s SET n = 3 WHERE p = %2$s * 11".formatted(side, at + 4));
    }
    assertAlike(bench, "9|9", "9|21", "9|23", "9|25", "9|27", "44|3", "88|3");
  }

  /**
   * docs/shadow.md: what the other side alone knows of it goes with the row that the cascade took.
   */
  @Test
  void aRowThatGetsAnotherKeyBesideADeletionIsThereOnBothSides() {
    Bench bench = bench(ACTIONS, "", " DEFAULT 'new'");
    bench.run(
        "UPDATE c2 SET own = 'kept'",
        "WITH m AS (UPDATE c SET p = 9, n = 22 WHERE p = 2) DELETE FROM p WHERE id = 2",
        "WITH m AS (UPDATE c2 SET p = 9, n = 23 WHERE p = 3) DELETE FROM p2 WHERE id = 3");
    assertAlike(bench, "1|1", "4|4", "5|5", "6|6", "7|7", "8|8", "9|9", "9|22", "9|23");
    assertThat(bench.rows("SELECT n, own FROM c2 WHERE n > 20 ORDER BY n"))
        .containsExactly("22|new", "23|kept");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ON UPDATE SET DEFAULT", "ON UPDATE CASCADE"})
  void aKeyThatGoesToItsDefaultIsFoundAsWell(String actions) {
    Bench bench = bench(actions, "", "");
    for (String side : List.of("", "2")) {
      int at = side.isEmpty() ? 2 : 5;
      bench.run(
          """
          WITH m AS (UPDATE c%1$s SET p = 9, n = 20 + %2$s WHERE p = %2$s)
            UPDATE p%1$s SET id = %2$s * 11 WHERE id = %2$s\
          """
              .formatted(side, at),
          """
          WITH m AS (DELETE FROM c%1$s WHERE p = %2$s + 1)
            UPDATE p%1$s SET id = %2$s * 11 + 1 WHERE id = %2$s + 1\
          """
              .formatted(side, at));
    }
    assertAlike(bench, "1|1", "4|4", "7|7", "8|8", "9|9", "9|22", "9|25");
  }

  /** docs/shadow.md: the two events of one statement are followed one after the other. */
  @ParameterizedTest
  @ValueSource(strings = {"", "2"})
  void aChainOfThreeTakesInTwoStatementsWhatItRefusesInOne(String side) {
    Bench bench = chain();
    String both =
        "WITH d AS (DELETE FROM b%1$s WHERE a = 1) UPDATE a%1$s SET id = 11 WHERE id = 1"
            .formatted(side);
    assertThatThrownBy(() -> bench.run(both))
        .cause()
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("23503");
    assertChain(bench, 1);
    bench.run(
        "BEGIN; DELETE FROM b%1$s WHERE a = 1; UPDATE a%1$s SET id = 11 WHERE id = 1; COMMIT"
            .formatted(side),
        "DELETE FROM a%1$s WHERE id = 2".formatted(side),
        "UPDATE a%1$s SET id = 13 WHERE id = 3".formatted(side),
        "WITH d AS (DELETE FROM c%1$s WHERE a = 4) UPDATE a%1$s SET id = 14 WHERE id = 4"
            .formatted(side));
    assertChain(bench, 11);
    assertThat(bench.rows("SELECT * FROM c ORDER BY 1")).containsExactly("5|5|5", "13|3|3");
  }

  private static Bench chain() {
    String tables =
        """
        CREATE TABLE a%1$s (id int PRIMARY KEY);
        CREATE TABLE b%1$s (a int, n int, PRIMARY KEY (a, n));
        CREATE TABLE c%1$s (a int, n int, m int, PRIMARY KEY (a, n, m));
        """;
    String toA = "FOREIGN KEY (a) REFERENCES public.a%s (id) " + ACTIONS;
    String toB = "FOREIGN KEY (a, n) REFERENCES public.b%s (a, n) " + ACTIONS;
    Bench bench =
        new Bench(
                tables.formatted(""),
                "ALTER TABLE b ADD " + toA.formatted(""),
                "ALTER TABLE c ADD " + toB.formatted(""),
                "INSERT INTO a SELECT generate_series(1, 5)",
                "INSERT INTO b SELECT g, g FROM generate_series(1, 5) g",
                "INSERT INTO c SELECT g, g, g FROM generate_series(1, 5) g")
            .migration("V1__next.sql", tables.formatted("2"))
            .migration("U1__next.sql", "DROP TABLE a2, b2, c2;")
            .shadow("public.a", to("a2"))
            .shadow("public.b", to("b2", new ForeignKey("b2_a", toA.formatted("2"))))
            .shadow("public.c", to("c2", new ForeignKey("c2_b", toB.formatted("2"))));
    bench.toVerified();
    return bench;
  }

  private static Shadow to(String canonical, ForeignKey... keys) {
    return new Shadow("public." + canonical, Optional.empty(), LegacyName.KEEP, List.of(keys));
  }

  private static void assertChain(Bench bench, int first) {
    for (String relation : List.of("a", "b", "c")) {
      assertThat(bench.rows("SELECT * FROM " + relation + "2 ORDER BY 1"))
          .isEqualTo(bench.rows("SELECT * FROM " + relation + " ORDER BY 1"));
    }
    assertThat(bench.one("SELECT count(*) FROM a WHERE id = " + first)).isEqualTo("1");
    assertThat(bench.verify().mismatches()).isZero();
  }
}
