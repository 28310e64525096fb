package dev.rubicon.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.stack.suite.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two relations of real databases, with corruption planted on the right. */
@Turn
@Timeout(120)
class CompareTest {
  private static final String ROWS =
      " AS SELECT g AS id, 'user ' || g AS name, g % 100 AS n, g * 1.10 AS price, CASE WHEN g % 3 ="
          + " 0 THEN NULL ELSE g::text END AS note FROM generate_series(1, 5000) g";

  private static TwoRelations same(boolean oneDatabase) {
    return new TwoRelations(oneDatabase)
        .left("CREATE TABLE a" + ROWS, "ALTER TABLE a ADD PRIMARY KEY (id)")
        .right(
            "CREATE TABLE b" + ROWS + " ORDER BY md5(g::text)",
            "ALTER TABLE b ADD PRIMARY KEY (id)");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void relationsThatHoldTheSameAgreeWhateverTheirOrder(boolean oneDatabase) {
    Differences found = same(oneDatabase).compare();

    assertThat(found.agrees()).isTrue();
    assertThat(found.complete()).isTrue();
    assertThat(found.left().rows()).isEqualTo(5000);
    assertThat(found.right().rows()).isEqualTo(5000);
    assertThat(found.oneSnapshot()).isEqualTo(oneDatabase);
    assertThat(found.key()).containsExactly("id");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatDiffersIsNarrowedDownToKeysAndColumnsAndNoValueIsTold(boolean oneDatabase) {
    TwoRelations two =
        same(oneDatabase)
            .right(
                "UPDATE b SET name = 'secret' WHERE id = 7",
                "UPDATE b SET n = n + 1, note = NULL WHERE id = 11",
                "DELETE FROM b WHERE id > 4990",
                "INSERT INTO b VALUES (9000, 'more', 1, 1, NULL)");

    Differences found = two.compare();

    assertThat(found.agrees()).isFalse();
    assertThat(found.missing()).isEqualTo(10);
    assertThat(found.extra()).isEqualTo(1);
    assertThat(found.differing()).isEqualTo(2);
    assertThat(found.mismatches()).isEqualTo(Map.of("name", 1L, "n", 1L, "note", 1L));
    assertThat(found.differingChunks()).isEqualTo(found.narrowedChunks()).isLessThanOrEqualTo(13);
    assertThat(told(found))
        .contains(
            "DIFFERS [7] [name]", "DIFFERS [11] [n, note]", "EXTRA [9000] []", "MISSING [4995] []");
    assertThat(found.toString()).doesNotContain("secret", "more");
  }

  @Test
  void valuesAreToldToWhoAsks() {
    TwoRelations two =
        same(false)
            .right(
                "UPDATE b SET name = 'user 7 ' WHERE id = 7",
                "UPDATE b SET note = NULL WHERE id = 8",
                "DELETE FROM b WHERE id = 9");
    two.values = true;

    List<Differences.Row> rows = two.compare().rows();

    assertThat(row(rows, "7").values())
        .isEqualTo(Map.of("name", new Differences.Values("user 7", "user 7 ")));
    assertThat(row(rows, "8").values())
        .isEqualTo(Map.of("note", new Differences.Values("8", null)));
    assertThat(row(rows, "9").values())
        .containsEntry("name", new Differences.Values("user 9", null))
        .containsKeys("id", "n", "price", "note");
  }

  /** Sums of a row's hash alone, which weighs columns by their place, cannot see this. */
  @Test
  void aValueThatTwoRowsHaveExchangedIsFound() {
    TwoRelations two = new TwoRelations(true);
    two.left(
        "CREATE TABLE a (id int PRIMARY KEY, v int)",
        "INSERT INTO a SELECT g, g FROM generate_series(1, 2000) g",
        "CREATE TABLE b (LIKE a INCLUDING ALL)",
        // Pairs of the same chunk, whose hashes overflow alike: the plain sums are equal.
        """
        INSERT INTO b
        WITH p AS (
          SELECT g, g + 1 AS o FROM generate_series(1, 1999, 2) g
          WHERE (hash_record_extended(ROW(g), 42) & 15) = (hash_record_extended(ROW(g + 1), 42) & 15)
            AND hash_record_extended(ROW(g, g), 0)::numeric + hash_record_extended(ROW(g + 1, g + 1), 0)
              = hash_record_extended(ROW(g, g + 1), 0)::numeric + hash_record_extended(ROW(g + 1, g), 0)
          LIMIT 1)
        SELECT a.id, coalesce((SELECT o FROM p WHERE g = a.id), (SELECT g FROM p WHERE o = a.id), a.v)
        FROM a
        """);

    Differences found = two.compare();

    assertThat(found.differing()).isEqualTo(2);
    assertThat(found.mismatches()).isEqualTo(Map.of("v", 2L));
  }

  @Test
  void aPairOfRowsThatIsThereTwiceIsFoundWithAndWithoutAKey() {
    TwoRelations two =
        new TwoRelations(true)
            .left("CREATE TABLE a" + ROWS)
            .right("CREATE TABLE b" + ROWS, "INSERT INTO b SELECT * FROM b WHERE id IN (1, 2)");

    Differences unkeyed = two.compare();
    assertThat(unkeyed.key()).isEmpty();
    assertThat(unkeyed.extra()).isEqualTo(2);
    assertThat(unkeyed.missing()).isZero();
    two.key = List.of("id");
    assertThat(told(two.compare())).containsExactlyInAnyOrder("EXTRA [1] []", "EXTRA [2] []");
  }

  @Test
  void withoutAKeyRowsAreComparedAsAMultiset() {
    TwoRelations two =
        new TwoRelations(false)
            .left("CREATE TABLE a (v text)", "INSERT INTO a VALUES ('x'), ('x'), ('y'), (NULL)")
            .right("CREATE TABLE b (v text)", "INSERT INTO b VALUES ('x'), ('y'), (NULL), (NULL)");
    two.values = true;

    Differences found = two.compare();

    assertThat(found.key()).isEmpty();
    assertThat(found.rows())
        .extracting(r -> r.kind() + " " + r.times() + " " + r.values())
        .containsExactlyInAnyOrder(
            "MISSING 1 {v=Values[left=x, right=null]}",
            "EXTRA 1 {v=Values[left=null, right=null]}");
  }

  /** A hash of concatenated values could not tell these apart. */
  @ParameterizedTest
  @CsvSource({
    "'(1, NULL, ''x'')', '(1, ''x'', NULL)'",
    "'(1, '''', ''x'')', '(1, ''x'', '''')'",
    "'(1, ''ab'', ''c'')', '(1, ''a'', ''bc'')'",
    "'(1, NULL, NULL)', '(1, NULL, '''')'"
  })
  void aValueThatMovedToTheNextColumnIsFound(String left, String right) {
    for (boolean unkeyed : List.of(true, false)) {
      TwoRelations two =
          new TwoRelations(true)
              .left(
                  "CREATE TABLE a (id int PRIMARY KEY, p text, q text)",
                  "INSERT INTO a VALUES " + left)
              .right("CREATE TABLE b (LIKE a INCLUDING ALL)", "INSERT INTO b VALUES " + right);
      two.unkeyed = unkeyed;
      assertThat(two.compare().agrees()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "g::text COLLATE \"C\"",
        "md5(g::text)",
        "g::bigint * 10000000000",
        "md5(g::text)::uuid",
        "timestamptz '2026-03-29 00:00Z' + g * interval '17 minutes'",
        "g * 1.10",
        "g::float8 / 3",
        "int4range(g, g + 1)",
        "(ARRAY['a', 'b'])[1 + g % 2] || g, g",
        "g % 70, g / 70"
      })
  void keysOfEveryKindPairTheRows(String key) {
    int width = key.endsWith(", g") || key.endsWith("/ 70") ? 2 : 1;
    String columns = width == 1 ? "k" : "k, l";
    TwoRelations two = new TwoRelations(false);
    String rows =
        " AS SELECT x.*, g AS v FROM generate_series(1, 3000) g, LATERAL (SELECT "
            + key
            + ") x ("
            + columns
            + ")";
    two.left("CREATE TABLE a" + rows, "ALTER TABLE a ADD PRIMARY KEY (" + columns + ")")
        .right(
            "CREATE TABLE b" + rows + " ORDER BY md5(g::text)",
            "UPDATE b SET v = 0 WHERE v = 1234");

    Differences found = two.compare();

    assertThat(found.key()).hasSize(width);
    assertThat(found.differing()).isEqualTo(1);
    assertThat(found.missing() + found.extra()).isZero();
  }

  @Test
  void numbersThatAUniqueIndexCallsEqualAreOneKey() {
    TwoRelations two =
        new TwoRelations(false)
            .left("CREATE TABLE a (id numeric PRIMARY KEY)", "INSERT INTO a VALUES (1.0), (2)")
            .right("CREATE TABLE b (id numeric PRIMARY KEY)", "INSERT INTO b VALUES (1.00), (2)");

    assertThat(told(two.compare())).containsExactly("DIFFERS [1.0] [id]");
  }

  @Test
  void partitionsChildrenAndViewsAreReadWhole() {
    TwoRelations two =
        new TwoRelations(true)
            .left("CREATE TABLE a" + ROWS, "ALTER TABLE a ADD PRIMARY KEY (id)")
            .right(
                "CREATE TABLE b (id int NOT NULL, name text, n int, price numeric, note text)"
                    + " PARTITION BY RANGE (id)",
                "CREATE TABLE b_1 PARTITION OF b FOR VALUES FROM (1) TO (2000)",
                "CREATE TABLE b_2 PARTITION OF b DEFAULT PARTITION BY HASH (id)",
                "CREATE TABLE b_21 PARTITION OF b_2 FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
                "CREATE TABLE b_22 PARTITION OF b_2 FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
                "INSERT INTO b SELECT * FROM a");
    assertThat(two.compare().agrees()).isTrue();
    two.right(
        "ALTER TABLE b RENAME TO parts", "CREATE VIEW b AS SELECT * FROM parts WHERE id <> 5");
    assertThat(told(two.compare())).containsExactly("MISSING [5] []");
    two.right(
        "DROP VIEW b",
        "CREATE TABLE b (LIKE a)",
        "CREATE TABLE c () INHERITS (b)",
        "INSERT INTO b SELECT * FROM a WHERE n < 50",
        "INSERT INTO c SELECT * FROM a WHERE n >= 50");
    assertThat(two.compare().agrees()).isTrue();
  }

  @Test
  void columnsAreMappedCastChosenAndFiltered() {
    TwoRelations two =
        new TwoRelations(false)
            .left(
                "CREATE TABLE a (id int PRIMARY KEY, k int, \"H\" text, at timestamp, gone text, d"
                    + " bool)",
                "INSERT INTO a SELECT g, g, g, '2026-01-01', 'x', g > 5 FROM generate_series(1, 9)"
                    + " g")
            .right(
                "CREATE TABLE b (id bigint PRIMARY KEY, k bigint, h text, at timestamptz, d bool)",
                "SET TimeZone = 'Asia/Kathmandu'",
                "INSERT INTO b SELECT g, g, g, '2026-01-01 00:00Z', g > 5 FROM generate_series(1,"
                    + " 9) g",
                "UPDATE b SET h = 'other' WHERE id IN (5, 6)");
    two.mapped = Map.of("H", "h");
    two.columns = List.of("k", "H", "at");
    two.casts = Map.of("at", "timestamptz");
    two.where = Optional.of("d AND \"H\" IS NOT NULL -- the rest is of no interest");

    Differences found = two.compare();

    assertThat(found.columns()).containsExactly("k", "H", "at", "id");
    assertThat(found.left().rows()).isEqualTo(4);
    assertThat(told(found)).containsExactly("DIFFERS [6] [H]");
  }

  @Test
  void whatCannotBeComparedIsRefusedWithTheNextStep() {
    TwoRelations two =
        new TwoRelations(true).left("CREATE TABLE a (id int PRIMARY KEY, v timestamp, w text)");
    refused(two, ErrorCode.RELATION_UNKNOWN, "'new' has no relation public.b", "new:public.users");
    two.right("CREATE TABLE b (id int PRIMARY KEY, v timestamptz, u text)");
    refused(
        two,
        ErrorCode.COLUMNS_NOT_COMPARABLE,
        "new:public.b lacks w and has u that old:public.a lacks",
        "--columns id,v");
    two.mapped = Map.of("w", "u");
    refused(
        two,
        ErrorCode.COLUMNS_NOT_COMPARABLE,
        "old:public.a.v is timestamp without time zone, new:public.b.v is timestamp with time zone",
        "--cast v=timestamp with time zone");
    two.casts = Map.of("v", "no_such");
    refused(two, ErrorCode.USAGE, "there is no type no_such", "--cast column=type");
    two.casts = Map.of("v", "timestamptz");
    two.where = Optional.of("nobody = 1");
    refused(two, ErrorCode.SQL_REFUSED, "column \"nobody\" does not exist", "--where");
    two.where = Optional.of("true) x; DROP TABLE a; SELECT (1");
    refused(two, ErrorCode.USAGE, "--where is not one condition", "WHERE");
    two.where = Optional.empty();
    two.key = List.of("u");
    refused(two, ErrorCode.COLUMNS_NOT_COMPARABLE, "old:public.a has no column u", "id, v, w");
    two.key = List.of();
    assertThat(two.compare().agrees()).isTrue();
  }

  @Test
  void aKeyThatHardlyTellsRowsApartIsRefused() {
    TwoRelations two =
        new TwoRelations(true)
            .left("CREATE TABLE a AS SELECT 1 AS k, g AS v FROM generate_series(1, 10001) g")
            .right("CREATE TABLE b AS SELECT 1 AS k, g AS v FROM generate_series(1, 10002) g");
    two.key = List.of("k");
    refused(
        two, ErrorCode.COLUMNS_NOT_COMPARABLE, "more than 10000 rows have one key", "--unkeyed");
  }

  /** Both sides of one database are seen at one moment, whatever the isolation of the writers. */
  @Test
  void writersOfBothSidesNeverShowAsADifference() throws Exception {
    TwoRelations two = same(true);
    two.blocks = 100;
    var stop = new AtomicBoolean();
    var writes = new AtomicLong();
    var threads = new ArrayList<Thread>();
    for (String level : List.of("READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE")) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try (var c = TwoRelations.connect(two.leftDatabase);
                        var s = c.createStatement()) {
                      for (int i = 0; !stop.get(); i++) {
                        int id = level.length() * 100 + i % 50;
                        s.execute("BEGIN ISOLATION LEVEL " + level);
                        for (String t : List.of("a", "b")) {
                          s.execute("UPDATE " + t + " SET n = " + i + " WHERE id = " + id);
                          s.execute("DELETE FROM " + t + " WHERE id = " + (1000000 + id));
                          s.execute(
                              "INSERT INTO "
                                  + t
                                  + " VALUES ("
                                  + (1000000 + id)
                                  + ", 'x', "
                                  + i
                                  + ")");
                        }
                        s.execute("COMMIT");
                        writes.incrementAndGet();
                      }
                    } catch (java.sql.SQLException e) {
                      throw new IllegalStateException(e);
                    }
                  }));
    }
    for (int i = 0; i < 6; i++) {
      long before = writes.get();
      assertThat(two.compare().agrees()).isTrue();
      assertThat(writes.get()).isGreaterThan(before);
    }
    stop.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private static void refused(TwoRelations two, ErrorCode code, String cause, String next) {
    assertThatThrownBy(two::compare)
        .isInstanceOfSatisfying(
            RubiconException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.getMessage()).contains(cause);
              assertThat(e.next()).contains(next);
            });
  }

  private static List<String> told(Differences found) {
    return found.rows().stream().map(r -> r.kind() + " " + r.key() + " " + r.columns()).toList();
  }

  private static Differences.Row row(List<Differences.Row> rows, String key) {
    return rows.stream().filter(r -> r.key().equals(List.of(key))).findFirst().orElseThrow();
  }
}
