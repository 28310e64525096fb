package dev.rubicon.abort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.transition.Bench;
import dev.rubicon.transition.Touch.Kind;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An abort that failed goes on, at whichever point it ended, once the owner has mended the cause.
 */
@Timeout(300)
@Tag("slow")
class RepeatedAbortTest {

  private static void differs(Bench bench) {
    assertThatThrownBy(bench::abort)
        .hasMessageContaining("foreign_column")
        .isInstanceOfSatisfying(
            RubiconException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.FINGERPRINT_MISMATCH));
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aForeignColumnStopsItUntilItsOwnerRemovesIt(Kind kind) {
    for (int asks = 0; ; asks++) {
      Bench bench = kind.bench();
      String before = bench.fingerprint();
      bench.toVerified();
      bench.run("ALTER TABLE t ADD COLUMN foreign_column int");
      bench.untilCancelled.set(asks);
      boolean whole = false;
      try {
        differs(bench);
        whole = true;
      } catch (AssertionError | Progress.PhaseCancelled e) {
        assertThat(bench.untilCancelled.get()).as("stopped at %d", asks).isNegative();
      }
      bench.untilCancelled.set(Integer.MAX_VALUE);
      differs(bench);
      differs(bench);
      assertThat(bench.one("SELECT count(*) FROM pg_trigger WHERE tgname ~ 'rubicon'"))
          .isEqualTo("0");
      bench.run("ALTER TABLE t DROP COLUMN foreign_column");
      assertThat(bench.abort().fingerprint()).isEqualTo(before);
      assertThat(bench.abort().fingerprint()).isEqualTo(before);
      if (whole) {
        break;
      }
    }
  }
}
