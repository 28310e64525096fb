package dev.rubicon.transition.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Bench;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rows that change their partition and their key at once stay the same rows, whatever else the
 * statement does. Both sides are partitioned, and each has a column, {@code only}, that the other
 * has not: what stands there tells whether it is still the same row.
 */
@Turn
@Tag("slow")
class MovesTest {
  /** Legacy's {@code only} is not canonical's: the names differ. */
  private static Bench bench() {
    var bench =
        new Bench(
            "CREATE TABLE t (id int PRIMARY KEY, name text, t_only text)"
                + " PARTITION BY RANGE (id)",
            "CREATE TABLE t_low PARTITION OF t FOR VALUES FROM (0) TO (100)",
            "CREATE TABLE t_high PARTITION OF t FOR VALUES FROM (100) TO (1000)",
            "CREATE UNIQUE INDEX ON t_low (name)",
            "INSERT INTO t SELECT g, 'n' || g, 'o' || g FROM generate_series(1, 9) g");
    return bench
        .migration(
            "V1__u.sql",
            """
            CREATE TABLE u (id bigint PRIMARY KEY, name text, u_only text) PARTITION BY RANGE (id);
            CREATE TABLE u_low PARTITION OF u FOR VALUES FROM (0) TO (100);
            CREATE TABLE u_high PARTITION OF u FOR VALUES FROM (100) TO (1000);
            CREATE UNIQUE INDEX ON u_low (name);
            """)
        .migration("U1__u.sql", "DROP TABLE u;")
        .shadow("public.t", new Shadow("public.u", Optional.empty(), LegacyName.KEEP, List.of()))
        .allowChangesMeanwhile();
  }

  private static Bench verified() {
    Bench bench = bench();
    bench.toVerified();
    bench.run("UPDATE u SET u_only = 'o' || id");
    return bench;
  }

  /** Who is written, and under which isolation level. */
  static Stream<Arguments> writers() {
    return Stream.of("t", "u")
        .flatMap(
            side ->
                Stream.of("read committed", "repeatable read", "serializable")
                    .map(isolation -> Arguments.of(side, isolation)));
  }

  private static void merges(Bench bench) {
    assumeTrue(
        Integer.parseInt(bench.one("SHOW server_version_num")) >= 150000,
        "not run: PostgreSQL 14 has no MERGE");
  }

  /** {@code X} is who is written. */
  private static void write(Bench bench, String side, String isolation, String sql) {
    bench.run("BEGIN ISOLATION LEVEL " + isolation, sql.replace("X", side), "COMMIT");
  }

  /** Of the side that was not written: each row, and whose it is. */
  private static List<String> other(Bench bench, String side) {
    String other = side.equals("t") ? "u" : "t";
    return bench.rows(
        "SELECT id, name, " + other + "_only FROM " + other + " WHERE id <> 9 ORDER BY id");
  }

  private static final String MOVED = "VALUES (1, 101), (3, 103), (5, 105), (6, 106)";

  @ParameterizedTest
  @MethodSource("writers")
  void aPlainUpdate(String side, String isolation) {
    Bench bench = verified();
    write(bench, side, isolation, "UPDATE X SET id = id + 100 WHERE id IN (1, 3, 5, 6)");
    assertThat(other(bench, side))
        .containsExactly(
            "2|n2|o2",
            "4|n4|o4",
            "7|n7|o7",
            "8|n8|o8",
            "101|n1|o1",
            "103|n3|o3",
            "105|n5|o5",
            "106|n6|o6");
    assertThat(bench.verify().mismatches()).isZero();
  }

  @ParameterizedTest
  @MethodSource("writers")
  void aMergeThatMovesAndInserts(String side, String isolation) {
    Bench bench = verified();
    merges(bench);
    write(
        bench,
        side,
        isolation,
        """
        MERGE INTO X USING (VALUES (1, 101), (20, 20), (3, 103), (120, 0), (5, 50), (21, 21)) v (k, to_)
        ON X.id = v.k
        WHEN MATCHED THEN UPDATE SET id = v.to_
        WHEN NOT MATCHED THEN INSERT (id, name) VALUES (v.k, 'new' || v.k)
        """);
    assertThat(other(bench, side))
        .containsExactly(
            "2|n2|o2",
            "4|n4|o4",
            "6|n6|o6",
            "7|n7|o7",
            "8|n8|o8",
            "20|new20|~",
            "21|new21|~",
            "50|n5|o5",
            "101|n1|o1",
            "103|n3|o3",
            "120|new120|~");
    assertThat(bench.verify().mismatches()).isZero();
  }

  /** Any of the DELETEs could be a move; some are followed by another's, some by an update. */
  @ParameterizedTest
  @MethodSource("writers")
  void aMergeThatMovesAndDeletes(String side, String isolation) {
    Bench bench = verified();
    merges(bench);
    write(
        bench,
        side,
        isolation,
        """
        MERGE INTO X USING (SELECT * FROM (VALUES (2, 0), (1, 101), (4, 0), (6, 0), (3, 103), (7, 7), (5, 105), (8, 0)) v (k, to_)) v
        ON X.id = v.k
        WHEN MATCHED AND v.to_ = 0 THEN DELETE
        WHEN MATCHED AND v.k = v.to_ THEN UPDATE SET name = 'in place'
        WHEN MATCHED THEN UPDATE SET id = v.to_
        """);
    assertThat(other(bench, side))
        .containsExactly("7|in place|o7", "101|n1|o1", "103|n3|o3", "105|n5|o5");
    assertThat(bench.verify().mismatches()).isZero();
  }

  /** What waits goes before the next row is written: it may hold what that row takes. */
  @ParameterizedTest
  @MethodSource("writers")
  void aMergeThatUpdatesARowToTheNameOfADeletedOne(String side, String isolation) {
    Bench bench = verified();
    merges(bench);
    write(
        bench,
        side,
        isolation,
        """
        MERGE INTO X USING (SELECT * FROM (VALUES (1), (2)) v (k) ORDER BY k) v ON X.id = v.k
        WHEN MATCHED AND v.k = 1 THEN DELETE
        WHEN MATCHED THEN UPDATE SET name = 'n1'
        """);
    assertThat(other(bench, side)).startsWith("2|n1|o2", "3|n3|o3");
    assertThat(bench.verify().mismatches()).isZero();
  }

  /** Nothing tells a move from a DELETE before an INSERT: no row gets what belongs to another. */
  @ParameterizedTest
  @MethodSource("writers")
  void aMergeThatMovesAndDeletesAndInserts(String side, String isolation) {
    Bench bench = verified();
    merges(bench);
    write(
        bench,
        side,
        isolation,
        """
        MERGE INTO X USING (SELECT * FROM (VALUES (1, 101), (2, 0), (120, 0), (3, 0), (20, 0), (4, 4)) v (k, to_)) v
        ON X.id = v.k
        WHEN MATCHED AND v.to_ = 0 THEN DELETE
        WHEN MATCHED THEN UPDATE SET id = v.to_, name = 'moved'
        WHEN NOT MATCHED THEN INSERT (id, name) VALUES (v.k, 'new')
        """);
    assertThat(other(bench, side))
        .containsExactly(
            "4|moved|o4",
            "5|n5|o5",
            "6|n6|o6",
            "7|n7|o7",
            "8|n8|o8",
            "20|new|~",
            "101|moved|~",
            "120|new|~");
    assertThat(bench.verify().mismatches()).isZero();
  }

  /** Two statements in one: their events come together. */
  @ParameterizedTest
  @MethodSource("writers")
  void aDeleteInTheWithOfAnUpdate(String side, String isolation) {
    Bench bench = verified();
    write(
        bench,
        side,
        isolation,
        """
        WITH gone AS (DELETE FROM X WHERE id IN (2, 4) RETURNING id)
        UPDATE X SET id = X.id + 100 WHERE id IN (1, 3) AND (SELECT count(*) FROM gone) >= 0
        """);
    assertThat(other(bench, side))
        .containsExactly("5|n5|o5", "6|n6|o6", "7|n7|o7", "8|n8|o8", "101|n1|o1", "103|n3|o3");
    assertThat(bench.verify().mismatches()).isZero();
  }

  /** The DELETE inside is no move, and its trigger brings the row back, at another depth. */
  @ParameterizedTest
  @MethodSource("writers")
  void triggersThatDeleteAndInsertInsideOfAMove(String side, String isolation) {
    Bench bench = verified();
    bench.run(
        """
        CREATE FUNCTION inside() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF OLD.id = 1 THEN
            DELETE FROM X WHERE id = 2;
            INSERT INTO X (id, name) VALUES (150, 'in another partition');
            UPDATE X SET id = 104 WHERE id = 4;
          ELSIF OLD.id = 2 THEN
            INSERT INTO X (id, name) VALUES (2, 'again');
          END IF;
          RETURN NULL;
        END $$
        """
            .replace("X", side),
        "CREATE TRIGGER inside AFTER DELETE ON "
            + side
            + " FOR EACH ROW EXECUTE FUNCTION inside()");
    write(bench, side, isolation, "UPDATE X SET id = id + 100 WHERE id IN (1, 3)");
    assertThat(other(bench, side))
        .containsExactly(
            "2|again|~",
            "5|n5|o5",
            "6|n6|o6",
            "7|n7|o7",
            "8|n8|o8",
            "101|n1|o1",
            "103|n3|o3",
            "104|n4|o4",
            "150|in another partition|~");
    assertThat(bench.verify().mismatches()).isZero();
  }

  /** The old key is taken again before PostgreSQL has told where the row went. */
  @ParameterizedTest
  @MethodSource("writers")
  void aTriggerThatTakesTheOldKeyOfARowThatMoves(String side, String isolation) {
    Bench bench = verified();
    bench.run(
        """
        CREATE FUNCTION inside() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          INSERT INTO X (id, name) VALUES (OLD.id, 'forwards to ' || OLD.name);
          RETURN NULL;
        END $$
        """
            .replace("X", side),
        "CREATE TRIGGER inside AFTER DELETE ON "
            + side
            + " FOR EACH ROW EXECUTE FUNCTION inside()");
    write(bench, side, isolation, "UPDATE X SET id = id + 100 WHERE id IN (1, 3)");
    assertThat(bench.one("SELECT count(*) FROM t")).isEqualTo("11");
    assertThat(bench.verify().mismatches()).isZero();
  }

  @ParameterizedTest
  @MethodSource("writers")
  void aFunctionThatDeletesInsideOfAnUpdate(String side, String isolation) {
    Bench bench = verified();
    bench.run(
        """
        CREATE FUNCTION inside(i bigint) RETURNS int LANGUAGE plpgsql AS $$ BEGIN
          DELETE FROM X WHERE id = i + 1;
          INSERT INTO X (id, name) VALUES (i + 200, 'new');
          RETURN i + 100;
        END $$
        """
            .replace("X", side));
    write(bench, side, isolation, "UPDATE X SET id = inside(id) WHERE id IN (1, 3)");
    assertThat(other(bench, side))
        .containsExactly(
            "5|n5|o5",
            "6|n6|o6",
            "7|n7|o7",
            "8|n8|o8",
            "101|n1|o1",
            "103|n3|o3",
            "201|new|~",
            "203|new|~");
    assertThat(bench.verify().mismatches()).isZero();
  }

  /** A BEFORE trigger may take the row out of the move: then it was a DELETE. */
  @ParameterizedTest
  @MethodSource("writers")
  void aMoveThatATriggerEndsHalfWay(String side, String isolation) {
    Bench bench = verified();
    bench.run(
        """
        CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          RETURN CASE WHEN NEW.id IN (101, 104) THEN NULL ELSE NEW END;
        END $$
        """,
        "CREATE TRIGGER no BEFORE INSERT ON " + side + "_high FOR EACH ROW EXECUTE FUNCTION no()");
    write(bench, side, isolation, "UPDATE X SET id = id + 100 WHERE id BETWEEN 1 AND 4");
    assertThat(other(bench, side))
        .containsExactly("5|n5|o5", "6|n6|o6", "7|n7|o7", "8|n8|o8", "102|n2|o2", "103|n3|o3");
    assertThat(bench.verify().mismatches()).isZero();
  }

  /** The writer's snapshot is older than the copy: what it cannot see does not stay behind. */
  @ParameterizedTest
  @ValueSource(strings = {"read committed", "repeatable read", "serializable"})
  void aDeleteThatHasWaitedSeesToRowsThatASnapshotHides(String isolation) throws SQLException {
    Bench bench = bench();
    bench.install();
    bench.run(
        """
        CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$
        """,
        "CREATE TRIGGER no BEFORE INSERT ON t_high FOR EACH ROW EXECUTE FUNCTION no()");
    try (Connection writer = bench.connect("writer")) {
      run(writer, "BEGIN ISOLATION LEVEL " + isolation);
      run(writer, "SELECT count(*) FROM u");
      bench.backfill();
      String state = run(writer, "UPDATE t SET id = 101 WHERE id = 1");
      assertThat(state).isEqualTo(isolation.equals("read committed") ? "" : "40001");
      run(writer, state.isEmpty() ? "COMMIT" : "ROLLBACK");
    }
    bench.backfill();
    assertThat(bench.verify().mismatches()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "read committed,1",
    "read committed,3",
    "repeatable read,1",
    "repeatable read,3",
    "serializable,1",
    "serializable,3"
  })
  void aMergeWithASnapshotOlderThanTheBatch(String isolation, int which) throws SQLException {
    Bench bench = bench();
    merges(bench);
    bench.install();
    try (Connection writer = bench.connect("writer")) {
      run(writer, "BEGIN ISOLATION LEVEL " + isolation);
      run(writer, "SELECT count(*) FROM u");
      bench.backfill();
      String state =
          run(
              writer,
              """
              MERGE INTO t USING (SELECT %d AS k) v ON t.id = v.k
              WHEN MATCHED AND v.k = 1 THEN DELETE
              WHEN MATCHED THEN UPDATE SET id = t.id + 100
              """
                  .formatted(which));
      assertThat(state).isEqualTo(isolation.equals("read committed") ? "" : "40001");
      run(writer, state.isEmpty() ? "COMMIT" : "ROLLBACK");
    }
    bench.backfill();
    assertThat(bench.verify().mismatches()).isZero();
  }

  /** Empty, or the SQLSTATE. */
  private static String run(Connection connection, String sql) {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
      return "";
    } catch (SQLException e) {
      return e.getSQLState();
    }
  }
}
