package dev.rubicon.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.transition.Bench;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random relations, random statements on both sides, random turns of the rollout; what must stand
 * there is reckoned apart from the engine. {@code -Drubicon.seed=} repeats a run, {@code
 * -Drubicon.cases=} makes it longer.
 */
@Timeout(3_600)
class ShadowOracleTest {
  private static final int TOGETHER = 50;

  private final long seed = Long.getLong("rubicon.seed", System.nanoTime());
  private final int cases = Integer.getInteger("rubicon.cases", 300);

  @Test
  void bothSidesAreWhatTheReckoningSays() {
    System.err.println("ShadowOracleTest: -Drubicon.seed=" + seed);
    for (int round = 0; round * TOGETHER < cases; round++) {
      new Round(new Random(seed + round)).run();
    }
  }

  private final class Round {
    private final Random random;
    private final List<Generated> all;
    private final Bench bench;

    Round(Random random) {
      this.random = random;
      this.all = IntStream.range(0, TOGETHER).mapToObj(i -> new Generated(i, random)).toList();
      this.bench =
          new Bench(all.stream().flatMap(g -> g.createLegacy().stream()).toArray(String[]::new));
      var up = new StringBuilder();
      var undo = new StringBuilder();
      for (Generated g : all) {
        up.append(g.createCanonical());
        undo.append("DROP TABLE ").append(g.canonical).append(";\n");
        bench.shadow("public." + g.legacy, g.shadow(), g.mappings());
      }
      bench.migration("V1__shadows.sql", up.toString());
      bench.migration("U1__shadows.sql", undo.toString());
    }

    void run() {
      work(12, false);
      bench.install();
      work(8, false);
      if (random.nextInt(4) == 0) {
        bench.abort();
        check(false);
        bench.install();
      }
      bench.backfill();
      work(4, false);
      bench.verify();
      check(true);
      for (int turns = random.nextInt(3); turns >= 0; turns--) {
        work(8, true);
        bench.cutover();
        work(8, true);
        if (turns > 0) {
          bench.rollback();
          work(4, true);
          bench.verify();
        }
        check(true);
      }
      assertThat(bench.verify().mismatches()).isZero();
      bench.contract();
      all.forEach(g -> compare(g, true));
    }

    private void work(int statements, boolean both) {
      var sql = new ArrayList<String>();
      for (Generated g : all) {
        for (int i = 0; i < statements; i++) {
          sql.add(g.step(both && random.nextBoolean()));
        }
      }
      // Several statements in one transaction now and then: the guards must not outlive one.
      if (random.nextBoolean()) {
        sql.addFirst("BEGIN");
        sql.addLast("COMMIT");
      }
      bench.run(sql.toArray(String[]::new));
    }

    private void check(boolean canonicalToo) {
      for (Generated g : all) {
        compare(g, false);
        if (canonicalToo) {
          compare(g, true);
        }
      }
    }

    private void compare(Generated g, boolean ofCanonical) {
      assertThat(bench.rows(g.query(ofCanonical)))
          .as(
              () ->
                  "seed %d, %s:%n%s%n%s%n%s"
                      .formatted(
                          seed,
                          ofCanonical ? g.canonical : g.legacy,
                          g.createLegacy(),
                          g.createCanonical(),
                          String.join(";\n", g.script)))
          .containsExactlyInAnyOrderElementsOf(g.expected(ofCanonical));
    }
  }
}
