package dev.rubicon.transition.shadow;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Bench;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A value that canonical's column cannot hold is never shortened or rounded in silence. */
@Turn
@Timeout(120)
@Tag("slow")
class NarrowColumnsTest {

  private static Bench bench(String was, String value, String becomes) {
    return new Bench(
            "CREATE EXTENSION IF NOT EXISTS citext",
            "CREATE TABLE t (id int PRIMARY KEY, v " + was + ")",
            "INSERT INTO t VALUES (1, " + value + ")")
        .migration("V1__u.sql", "CREATE TABLE u (id int PRIMARY KEY, v " + becomes + ");")
        .migration("U1__u.sql", "DROP TABLE u;");
  }

  private static Bench same(String was, String value, String becomes) {
    return bench(was, value, becomes)
        .shadow("public.t", new Shadow("public.u", Optional.empty(), LegacyName.KEEP, List.of()));
  }

  private static Bench said(String was, String value, String becomes) {
    return bench(was, value, becomes)
        .shadow(
            "public.t",
            new Shadow("public.u", Optional.empty(), LegacyName.KEEP, List.of()),
            map("v", "", "v", Map.of("v", "v")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "varchar(9)   | 'abcdef'      | varchar(3)",
        "text         | 'abcdef'      | varchar(3)",
        "char(6)      | 'abcdef'      | varchar(3)",
        "bit(8)       | B'10101010'   | bit(3)",
        "bit varying  | B'10101010'   | bit varying(3)",
        "varchar(9)[] | '{abc,defg}'  | varchar(3)[]",
        "bigint       | 5000000000    | integer",
        "numeric(9,2) | 12345.67      | numeric(4,2)",
      })
  void whatIsTooLongIsRefused(String was, String value, String becomes) {
    for (Bench bench : List.of(same(was, value, becomes), said(was, value, becomes))) {
      bench.run("DELETE FROM t");
      bench.toVerified();
      assertThatThrownBy(() -> bench.run("INSERT INTO t VALUES (1, " + value + ")"))
          .cause()
          .extracting(e -> ((SQLException) e).getSQLState().substring(0, 2))
          .isEqualTo("22");
      bench.abort();
      bench.run("INSERT INTO t VALUES (1, " + value + ")");
      bench.install();
      assertThatThrownBy(bench::backfill)
          .extracting(e -> ((RubiconException) e).code())
          .isEqualTo(ErrorCode.SQL_REFUSED);
      assertThat(bench.one("SELECT count(*) FROM u")).isEqualTo("0");
    }
  }

  /** An up may do it; a column that only has the same name may not. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "numeric(10,4)    | 1.2345                  | numeric(10,2)",
        "numeric          | 1.6                     | integer",
        "numeric          | 1.6                     | numeric(10,2)",
        "double precision | 1.23456789012345        | real",
        "double precision | 1.5                     | integer",
        "bigint           | 9007199254740993        | double precision",
        "timestamptz      | '2020-01-02 03:04Z'     | date",
        "timestamp        | '2020-01-02 03:04:05.6' | timestamp(0)",
        "timestamp        | '2020-01-02 03:04'      | timestamptz",
        "date             | '2020-01-02'            | timestamptz",
        "date             | '2020-01-02'            | text",
        "time             | '03:04:05.6'            | time(0)",
        "text             | 'abcdef'                | char(9)",
        "char(6)          | 'abcdef'                | char(3)",
        "json             | '{\"a\":1}'             | jsonb",
        "numeric(10,4)[]  | '{1.2345}'              | numeric(10,2)[]",
      })
  void whatWouldBeRoundedOrReadInAnotherWayIsForTheRunbookToSay(
      String was, String value, String becomes) {
    Bench bench = same(was, value, becomes);
    assertThatThrownBy(bench::install)
        .hasMessageContaining("what that makes of each value is for the runbook to say")
        .extracting(e -> ((RubiconException) e).code())
        .isEqualTo(ErrorCode.TRANSITION_UNSUPPORTED);
  }

  /** What it was, a value, and what it becomes: each a column of one table. */
  private static final List<String> FITTING =
      List.of(
          "varchar(3)    | 'a  '              | varchar(9)",
          "varchar(3)    | 'abc'              | text",
          "text          | 'abc'              | varchar(3)",
          "text          | 'abc'              | citext",
          "char(3)       | 'ab'               | char(9)",
          "char(3)       | 'ab'               | text",
          "integer       | 7                  | bigint",
          "integer       | 7                  | numeric",
          "integer       | 7                  | numeric(10,2)",
          "integer       | 7                  | double precision",
          "numeric(10,2) | 1.50               | numeric(12,4)",
          "numeric(10,2) | 1.50               | numeric",
          "numeric(9)    | 15                 | bigint",
          "real          | 1.1                | double precision",
          "timestamp(0)  | '2020-01-02 03:04' | timestamp(3)",
          "date          | '2020-01-02'       | timestamp",
          "time(0)       | '03:04'            | time",
          "bit(3)        | B'101'             | bit varying(9)",
          "varchar(3)[]  | '{abc,NULL}'       | text[]");

  private static String columns(int part) {
    return IntStream.range(0, FITTING.size())
        .mapToObj(i -> "v" + i + " " + FITTING.get(i).split("\\|")[part].strip())
        .collect(Collectors.joining(", "));
  }

  @Test
  void whatHoldsAllOfItFollows() {
    String values =
        FITTING.stream()
            .map(column -> column.split("\\|")[1].strip())
            .collect(Collectors.joining(", "));
    String names =
        IntStream.range(0, FITTING.size()).mapToObj(i -> "v" + i).collect(Collectors.joining(", "));
    Bench bench =
        new Bench(
                "CREATE EXTENSION IF NOT EXISTS citext",
                "CREATE TABLE t (id int PRIMARY KEY, " + columns(0) + ")",
                "INSERT INTO t VALUES (1, " + values + ")")
            .migration("V1__u.sql", "CREATE TABLE u (id int PRIMARY KEY, " + columns(2) + ");")
            .migration("U1__u.sql", "DROP TABLE u;")
            .shadow(
                "public.t", new Shadow("public.u", Optional.empty(), LegacyName.KEEP, List.of()));
    bench.toVerified();
    bench.cutover();
    bench.run("UPDATE t SET id = 2", "INSERT INTO t VALUES (3, " + values + ")");
    bench.run(
        "UPDATE u SET id = 4 WHERE id = 3",
        "INSERT INTO u SELECT 5, " + names + " FROM u WHERE id = 2");
    assertThat(bench.verify().mismatches()).isZero();
    assertThat(bench.rows("SELECT id FROM t ORDER BY 1")).containsExactly("2", "4", "5");
    for (int i = 0; i < FITTING.size(); i++) {
      assertThat(bench.one("SELECT count(DISTINCT v" + i + ") FROM t WHERE id IN (2, 5)"))
          .as(FITTING.get(i))
          .isEqualTo("1");
    }
  }

  /** Padding is no value of its own. */
  @Test
  void charactersArePaddedAndRefused() {
    Bench bench = said("text", "'ab'", "char(3)");
    bench.toVerified();
    bench.cutover();
    bench.run("UPDATE u SET v = 'x' WHERE id = 1", "INSERT INTO t VALUES (2, 'abc')");
    assertThat(bench.verify().mismatches()).isZero();
    assertThatThrownBy(() -> bench.run("INSERT INTO t VALUES (3, 'abcd')"))
        .hasMessageContaining("value too long for type character(3)");
  }
}
