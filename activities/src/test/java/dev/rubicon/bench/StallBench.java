package dev.rubicon.bench;

import static dev.rubicon.transition.Bench.map;

import dev.rubicon.cutover.Crossed;
import dev.rubicon.rollback.Returned;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.transition.Bench;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * How long clients stand still at cutovers and rollbacks, and how long batches of the backfill
 * take. bench/README.md has the command and the figures. Nothing here is asserted.
 */
@EnabledIfSystemProperty(named = "rubicon.bench", matches = "true")
class StallBench {
  private static final int ROWS = 20_000;
  private static final int PER_SECOND = 200;
  private static final int CROSSINGS = 10;
  private static final Executor THREADS = Thread::startVirtualThread;

  private static Bench inPlace(int rows) {
    return table(rows)
        .transition("public.users", map("label", "text", "name", Map.of("name", "label")));
  }

  /** Another table under the same name: what clients call users changes hands. */
  private static Bench shadow(int rows) {
    return table(rows)
        .migration(
            "V1__next.sql", "CREATE TABLE users_next (id bigint PRIMARY KEY, name text, n int);")
        .migration("U1__next.sql", "DROP TABLE users_next;")
        .shadow(
            "public.users",
            new Shadow(
                "public.users", Optional.of("public.users_next"), LegacyName.HIDE, List.of()));
  }

  private static Bench table(int rows) {
    return new Bench(
        "CREATE TABLE users (id int PRIMARY KEY, name text, n int)",
        "INSERT INTO users SELECT g, 'v' || g, g FROM generate_series(1, " + rows + ") g");
  }

  private static final String OLD = "UPDATE users SET name = ? WHERE id = ?";
  private static final String NEW = "UPDATE users SET label = ? WHERE id = ?";
  private static final String READ = "SELECT id, name FROM users WHERE id = ?";

  @Test
  void stalls() throws Exception {
    System.out.println(
        "| | | longest statement, ms: median | each | without a crossing | attempts | errors |");
    System.out.println("|---|---|---|---|---|---|---|");
    for (boolean held : new boolean[] {false, true}) {
      crossings("in place", inPlace(ROWS), List.of(OLD, NEW), held);
      crossings("shadow, name changes hands", shadow(ROWS), List.of(OLD), held);
    }
  }

  private void crossings(String kind, Bench bench, List<String> updates, boolean held)
      throws Exception {
    bench.toVerified();
    var there = new ArrayList<Double>();
    var back = new ArrayList<Double>();
    var none = new ArrayList<Double>();
    var attempts = new ArrayList<Integer>();
    try (var traffic = new Traffic(bench, ROWS, PER_SECOND, updates, READ)) {
      Bench.until(() -> traffic.count() > 5 * PER_SECOND);
      for (int i = 0; i < CROSSINGS; i++) {
        bench.verify();
        none.add(during(traffic, () -> pause(700)));
        there.add(held(bench, held, () -> during(traffic, bench::cutover)));
        attempts.add(bench.evidence.get(Phase.CUTOVER, Crossed.EVIDENCE).attempts().size());
        back.add(held(bench, held, () -> during(traffic, bench::rollback)));
        attempts.add(bench.evidence.get(Phase.ROLLBACK, Returned.EVIDENCE).attempts().size());
      }
      report(kind + ", cutover", held, there, none, attempts, traffic);
      report(kind + ", rollback", held, back, none, attempts, traffic);
    }
  }

  /** A transaction that has read the table stays open for the first second and a half. */
  private static double held(Bench bench, boolean held, java.util.function.DoubleSupplier crossing)
      throws Exception {
    if (!held) {
      return crossing.getAsDouble();
    }
    try (Connection holder = bench.connect("holder");
        var statement = holder.createStatement()) {
      holder.setAutoCommit(false);
      statement.execute("SELECT count(*) FROM users");
      var release =
          CompletableFuture.runAsync(
              () -> {
                pause(1_500);
                try {
                  holder.commit();
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              },
              THREADS);
      double longest = crossing.getAsDouble();
      release.join();
      return longest;
    }
  }

  private static double during(Traffic traffic, Runnable phase) {
    long from = System.nanoTime();
    phase.run();
    long to = System.nanoTime();
    pause(200); // until who stood still at the end has been answered
    return traffic.longest(from, to);
  }

  private static void report(
      String kind,
      boolean held,
      List<Double> longest,
      List<Double> none,
      List<Integer> attempts,
      Traffic traffic) {
    System.out.printf(
        Locale.ROOT,
        "| %s | %s | %.0f | %s | %.0f (worst %.0f) | %d to %d | %s of %d |%n",
        kind,
        held ? "held for 1.5 s" : "nothing holds it",
        median(longest),
        longest.stream().map(d -> String.valueOf(Math.round(d))).toList(),
        median(none),
        none.stream().mapToDouble(d -> d).max().orElse(0),
        attempts.stream().mapToInt(a -> a).min().orElse(0),
        attempts.stream().mapToInt(a -> a).max().orElse(0),
        traffic.errors(),
        traffic.count());
  }

  private static double median(List<Double> values) {
    var sorted = values.stream().sorted().toList();
    return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
  }

  @Test
  void batches() {
    System.out.println("| | target, ms | batches | p50 | p99 | longest |");
    System.out.println("|---|---|---|---|---|---|");
    batches("in place", inPlace(300_000), List.of(OLD));
    batches("shadow", shadow(300_000), List.of(OLD));
  }

  private static void batches(String kind, Bench bench, List<String> updates) {
    bench.batchTarget = "150ms";
    bench.install();
    try (var traffic = new Traffic(bench, 300_000, PER_SECOND, updates, READ)) {
      Bench.until(() -> traffic.count() > PER_SECOND);
      bench.backfill();
    }
    System.out.println(
        "| "
            + kind
            + " | 150 | "
            + bench
                .one(
                    "SELECT count(*), round(percentile_cont(0.5) WITHIN GROUP (ORDER BY"
                        + " milliseconds)), round(percentile_cont(0.99) WITHIN GROUP (ORDER BY"
                        + " milliseconds)), round(max(milliseconds)) FROM rubicon.backfill_batch")
                .replace("|", " | ")
            + " |");
  }

  private static void pause(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
