package dev.rubicon.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.stack.suite.Turns;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The oracle from outside: relations of random shape in place, shadowed, split and merged; random
 * clients of both sides while the phases run, are cut short, taken back and run again; and at
 * random instants and at the end both sides are what a legacy and a canonical database that know
 * nothing of Rubicon hold. A build draws the same shapes as the build before, so that what is red
 * is about the change, a quarter of them each ({@link Turns}); who explores gives {@code
 * -Drubicon.seed=} and {@code -Drubicon.cases=}. How clients and phases meet differs with every
 * run. A failure prints a script for psql. Ten cases have every kind of shape; {@code
 * -Drubicon.together=} makes rounds larger.
 */
@Tag("oracle")
@Timeout(7_200)
class OracleTest {
  private final long seed = Long.getLong("rubicon.seed", 3_000);
  private final int cases = Integer.getInteger("rubicon.cases", 80);
  private final int together = Integer.getInteger("rubicon.together", Case.Kind.DECK);

  @Test
  void bothSidesAreWhatTheirReferencesAre() throws SQLException {
    var killer = new Killer(new Random(seed));
    var tally = new Tally();
    int rounds = 0;
    for (int done = 0; done < cases; done += together) {
      if (!Turns.hasCome(1 + (int) ((long) done * Turns.COUNT / cases))) {
        continue;
      }
      long round = seed + done;
      System.err.println(
          "OracleTest: -Drubicon.cases=1 -Drubicon.together=%d -Drubicon.seed=%d"
              .formatted(together, round));
      // Rounds of one run differ by one: each course is taken, whatever the seed.
      var course = RoundPlan.of(Math.floorDiv(round, (long) together));
      new Round(new Random(round), together, course, killer, tally).run();
      rounds++;
    }
    System.err.println("OracleTest: phases cut short " + killer.landed());
    System.err.println("OracleTest: done " + tally);
    assertThat(killer.landed().values()).as("kills").anyMatch(kills -> kills > 0);
    if (rounds >= RoundPlan.ALL) {
      assertThat(killer.landed())
          .allSatisfy((phase, kills) -> assertThat(kills).as("kills inside " + phase).isPositive());
      assertThat(tally.of(SerialReplay.AT_ONCE)).isPositive();
      for (String kind : List.of("INSERT", "UPDATE", "DELETE", "COPY", "TRUNCATE")) {
        for (Side side : Side.values()) {
          assertThat(tally.of(kind + " " + side.schema())).as("%s, %s", kind, side).isPositive();
        }
      }
      for (OwnersDdl.Kind kind : OwnersDdl.Kind.values()) {
        assertThat(tally.of("an owner's " + kind)).as("%s", kind).isPositive();
      }
      for (String drawn :
          List.of(
              "read as " + ClientRole.NAME,
              "INSERT forbidden",
              Meddler.SAID,
              "WITH INSERT, child first",
              "WITH INSERT, parent first",
              "WITH DELETE, child first")) {
        assertThat(tally.of(drawn)).as(drawn).isPositive();
      }
      for (String drawn : RowFeatures.ALL) {
        assertThat(tally.of(drawn)).as(drawn).isPositive();
      }
      assertThat(killer.landed().keySet()).containsExactlyInAnyOrderElementsOf(Round.PHASES);
    }
  }
}
