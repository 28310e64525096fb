package dev.rubicon.compare;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.error.RubiconException;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.ColumnMapping;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Bench;
import dev.rubicon.transition.rows.OneTable;
import dev.rubicon.transition.rows.TwoTables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of docs/verify.md, line by line: what it says is found is found, and nothing else. */
@Turn
@Timeout(180)
@Tag("slow")
class PlantedCorruptionTest {
  private static final String[] TYPES = {
    "CREATE EXTENSION citext SCHEMA public",
    "CREATE COLLATION public.any_case"
        + " (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
    "CREATE TYPE public.mood AS ENUM ('ok', 'bad')",
    "CREATE DOMAIN public.positive AS int CHECK (VALUE > 0)",
    "CREATE TYPE public.place AS (n int, name text)"
  };

  private static final List<Line> LINES = lines();

  private record Line(String type, String left, String right, boolean alone, boolean rollout) {}

  private static List<Line> lines() {
    try {
      return Files.readAllLines(Path.of("../docs/verify.md")).stream()
          .filter(line -> line.matches("\\| `.*\\| (found|equal) \\| (found|equal) \\|"))
          .map(line -> line.substring(2, line.length() - 2).split(" (?<!\\\\)\\| "))
          .map(
              cells ->
                  new Line(
                      code(cells[0]),
                      code(cells[1]),
                      code(cells[2]),
                      cells[3].equals("found"),
                      cells[4].equals("found")))
          .toList();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String code(String cell) {
    return cell.substring(1, cell.length() - 1).replace("\\|", "|");
  }

  private static String each(Function<Integer, String> column) {
    return IntStream.range(0, LINES.size())
        .mapToObj(column::apply)
        .collect(Collectors.joining(", "));
  }

  private static List<String> expected(Function<Line, Boolean> found) {
    return IntStream.range(0, LINES.size())
        .filter(i -> found.apply(LINES.get(i)))
        .mapToObj(i -> name(i, LINES.get(i)))
        .toList();
  }

  private static String name(int i, Line line) {
    return i + " " + line.type() + " " + line.left() + " " + line.right();
  }

  /** Columns {@code c0}, {@code c1} …, or with another letter, as lines of the table. */
  private static List<String> told(Iterable<String> columns) {
    var lines = new TreeSet<Integer>();
    columns.forEach(c -> lines.add(Integer.valueOf(c.substring(1))));
    return lines.stream().map(i -> name(i, LINES.get(i))).toList();
  }

  @Test
  void theTableIsThere() {
    assertThat(LINES).hasSizeGreaterThan(40);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void twoRelationsWithAndWithoutAKey(boolean oneDatabase) {
    var two = new TwoRelations(oneDatabase).left(TYPES);
    if (!oneDatabase) {
      // Types of users have other OIDs there.
      two.right("CREATE TYPE public.other AS ENUM ('ok')").right(TYPES);
    }
    String columns = each(i -> "c" + i + " " + LINES.get(i).type());
    two.left(
            "SET TimeZone = 'Asia/Kathmandu'",
            "CREATE TABLE a (id int PRIMARY KEY, " + columns + ")",
            "INSERT INTO a SELECT 1, " + each(i -> LINES.get(i).left()),
            "ALTER DATABASE " + two.leftDatabase + " SET TimeZone = 'America/New_York'")
        .right(
            "SET TimeZone = 'Pacific/Chatham'",
            "CREATE TABLE b (" + columns + ", id int PRIMARY KEY)",
            "INSERT INTO b SELECT " + each(i -> LINES.get(i).right()) + ", 1",
            "ALTER DATABASE " + two.rightDatabase + " SET extra_float_digits = -15");

    assertThat(told(two.compare().rows().getFirst().columns())).isEqualTo(expected(Line::alone));

    two.unkeyed = true;
    var found = new ArrayList<String>();
    for (int i = 0; i < LINES.size(); i++) {
      two.columns = List.of("c" + i);
      if (!two.compare().agrees()) {
        found.add("c" + i);
      }
    }
    assertThat(told(found)).isEqualTo(expected(Line::alone));
  }

  @Test
  void anInPlaceTransition() {
    var found = new ArrayList<String>();
    // A table has marker bits for a dozen such columns.
    for (int from = 0; from < LINES.size(); from += 12) {
      List<Integer> these =
          IntStream.range(from, Math.min(from + 12, LINES.size())).boxed().toList();
      var bench = new Bench(TYPES);
      bench.run(
          "CREATE TABLE t (id int PRIMARY KEY, "
              + join(these, i -> "v" + i + " " + LINES.get(i).type())
              + ")",
          "INSERT INTO t SELECT 1, " + join(these, i -> LINES.get(i).left()));
      bench.transition(
          "public.t",
          these.stream()
              .map(i -> map("c" + i, LINES.get(i).type(), "v" + i, Map.of("v" + i, "c" + i)))
              .toArray(ColumnMapping[]::new));
      bench.install();
      bench.backfill();
      bench.verify();
      bench.run(
          "ALTER TABLE t DISABLE TRIGGER USER",
          "UPDATE t SET " + join(these, i -> "c" + i + " = " + LINES.get(i).right()));

      refused(bench);
      String evidence = String.valueOf(bench.evidence.get(Phase.VERIFY, OneTable.EVIDENCE));
      these.stream().map(i -> "c" + i).filter(c -> evidence.contains(c + "=1")).forEach(found::add);
    }
    assertThat(told(found)).isEqualTo(expected(Line::rollout));
  }

  @Test
  void aShadowTransition() {
    var bench = new Bench(TYPES);
    String columns = each(i -> "c" + i + " " + LINES.get(i).type());
    bench.run(
        "CREATE TABLE t (id int PRIMARY KEY, " + columns + ")",
        "INSERT INTO t SELECT 1, " + each(i -> LINES.get(i).left()));
    bench
        .migration("V1__s.sql", "CREATE TABLE s (id int PRIMARY KEY, " + columns + ");")
        .migration("U1__s.sql", "DROP TABLE s;")
        .shadow("public.t", new Shadow("public.s", Optional.empty(), LegacyName.KEEP, List.of()));
    bench.install();
    bench.backfill();
    bench.verify();
    bench.run(
        "ALTER TABLE s DISABLE TRIGGER USER",
        "UPDATE s SET " + each(i -> "c" + i + " = " + LINES.get(i).right()));

    refused(bench);
    var result = bench.evidence.get(Phase.VERIFY, TwoTables.EVIDENCE).getFirst();
    assertThat(told(result.mismatches().keySet())).isEqualTo(expected(Line::rollout));
  }

  private static void refused(Bench bench) {
    try {
      bench.verify();
      throw new AssertionError("nothing was found");
    } catch (RubiconException e) {
      assertThat(e.code().name()).isEqualTo("VERIFY_MISMATCH");
    }
  }

  private static String join(List<Integer> lines, Function<Integer, String> column) {
    return lines.stream().map(column).collect(Collectors.joining(", "));
  }
}
