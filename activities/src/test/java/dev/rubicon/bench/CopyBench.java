package dev.rubicon.bench;

import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.transition.Bench;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The copy of a table into a shadow of twelve partitions, beside one {@code INSERT … SELECT} into a
 * plain table with the same key: what no copy can be faster than. bench/README.md has the command
 * and the figures. Nothing here is asserted.
 */
@EnabledIfSystemProperty(named = "rubicon.bench", matches = "true")
class CopyBench {
  private static final int ROWS = Integer.getInteger("rubicon.rows", 1_000_000);
  private static final int REPEATS = 3;
  private static final String COLUMNS =
      "id bigint, at timestamptz, name text, mail text, n numeric, doc jsonb";

  private static Bench bench(int sessions, String target) {
    String partitions =
        IntStream.range(0, 12)
            .mapToObj(
                month ->
                    "CREATE TABLE events2_%d PARTITION OF events2 FOR VALUES FROM (timestamptz '2026-01-01' + interval '%d days') TO (timestamptz '2026-01-01' + interval '%d days');"
                        .formatted(month, month * 10, (month + 1) * 10))
            .collect(Collectors.joining("\n"));
    var bench =
        new Bench(
            "CREATE TABLE events (" + COLUMNS + ", PRIMARY KEY (id))",
            "INSERT INTO events SELECT g, timestamptz '2026-01-01' + g * interval '120 days' / "
                + (ROWS + 1)
                + ", 'Name ' || g, g || '@example.org', g / 7.0, jsonb_build_object('a', g, 'b',"
                + " 'x' || g) FROM generate_series(1, "
                + ROWS
                + ") g",
            "VACUUM ANALYZE events");
    bench.parallel = sessions;
    bench.batchTarget = target;
    bench
        .migration(
            "V1__next.sql",
            "CREATE TABLE events2 ("
                + COLUMNS
                + ", PRIMARY KEY (id, at)) PARTITION BY RANGE (at);\n"
                + partitions)
        .migration("U1__next.sql", "DROP TABLE events2;")
        .shadow(
            "public.events",
            new Shadow("public.events2", Optional.empty(), LegacyName.VIEW, List.of()));
    bench.install();
    return bench;
  }

  @Test
  void copyAndItsLimit() {
    System.out.println("| rows | limit | 150 ms, one session | two | 50 ms, one | two |");
    System.out.println("|---|---|---|---|---|---|");
    for (int repeat = 0; repeat < REPEATS; repeat++) {
      var line = new StringBuilder("| " + ROWS);
      Bench first = bench(1, "150ms");
      cell(
          line,
          () ->
              first.run(
                  "CREATE TABLE plain (LIKE events INCLUDING INDEXES)",
                  "INSERT INTO plain SELECT * FROM events"));
      cell(line, first::backfill);
      cell(line, bench(2, "150ms")::backfill);
      cell(line, bench(1, "50ms")::backfill);
      cell(line, bench(2, "50ms")::backfill);
      System.out.println(line + " |");
    }
  }

  private static void cell(StringBuilder line, Runnable work) {
    long began = System.nanoTime();
    work.run();
    line.append(" | %.1f s".formatted((System.nanoTime() - began) / 1e9));
  }
}
