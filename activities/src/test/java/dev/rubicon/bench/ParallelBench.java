package dev.rubicon.bench;

import static dev.rubicon.transition.Bench.map;

import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.transition.Bench;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Backfill and verification of a million rows by one session and by two, and verification of what
 * was written since. bench/README.md has the command and the figures. Nothing here is asserted.
 */
@EnabledIfSystemProperty(named = "rubicon.bench", matches = "true")
class ParallelBench {
  private static final int ROWS = 1_000_000;

  private static Bench table(int sessions) {
    var bench =
        new Bench(
            "CREATE TABLE users (id int PRIMARY KEY, name text, mail text, n numeric, at"
                + " timestamptz)",
            "INSERT INTO users SELECT g, 'Name ' || g, g || '@example.org', g / 7.0, now()"
                + " FROM generate_series(1, "
                + ROWS
                + ") g",
            "VACUUM ANALYZE users");
    bench.parallel = sessions;
    bench.batchTarget = "150ms";
    return bench;
  }

  private static Bench inPlace(int sessions) {
    return table(sessions)
        .transition(
            "public.users",
            map("label", "text", "upper(name)", Map.of("name", "label")),
            map("address", "text", "lower(mail)", Map.of("mail", "address")));
  }

  private static Bench shadow(int sessions) {
    return table(sessions)
        .migration(
            "V1__next.sql",
            "CREATE TABLE people (id bigint PRIMARY KEY, label text, mail text, n numeric, at"
                + " timestamptz);")
        .migration("U1__next.sql", "DROP TABLE people;")
        .shadow(
            "public.users",
            new Shadow("public.people", Optional.empty(), LegacyName.KEEP, List.of()),
            map("label", "", "upper(name)", Map.of("name", "label")));
  }

  @Test
  void sessionsAndWorkers() {
    System.out.println(
        "| | backfill, one session | two | verification, no worker | one | two | once"
            + " more, nothing written | 1% |");
    System.out.println("|---|---|---|---|---|---|---|---|");
    System.out.println(line("in place", inPlace(1), inPlace(2)));
    System.out.println(line("shadow", shadow(1), shadow(2)));
  }

  private static String line(String name, Bench one, Bench two) {
    one.install();
    two.install();
    var out = new StringBuilder("| " + name);
    cell(out, one::backfill);
    cell(out, two::backfill);
    one.run("VACUUM ANALYZE users");
    for (int workers = 0; workers <= 2; workers++) {
      one.verify = ", parallel: " + workers;
      // The first look warms the cache and sets what the vacuum has left.
      one.verify();
      one.run("DELETE FROM rubicon.verified");
      cell(out, one::verify);
    }
    cell(out, one::verify);
    one.run("UPDATE users SET name = 'Other ' || id WHERE id <= " + ROWS / 100);
    cell(out, one::verify);
    return out.append(" |").toString();
  }

  private static void cell(StringBuilder out, Runnable work) {
    long began = System.nanoTime();
    work.run();
    out.append(" | %.1f s".formatted((System.nanoTime() - began) / 1e9));
  }
}
