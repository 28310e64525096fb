package dev.rubicon.transition.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.transition.Bench;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A crash of the server empties unlogged tables: never one side alone. */
@Tag("slow")
class UnloggedTest {
  private static Bench bench(String legacy, String canonical) {
    return new Bench("CREATE " + legacy + " t (id int PRIMARY KEY, v int)")
        .migration("V1__u.sql", canonical)
        .migration("U1__u.sql", "DROP TABLE u;")
        .shadow("public.t", new Shadow("public.u", Optional.empty(), LegacyName.KEEP, List.of()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "TABLE | CREATE UNLOGGED TABLE u (id int PRIMARY KEY, v int); | public.u is unlogged, and"
            + " public.t is not",
        "UNLOGGED TABLE | CREATE TABLE u (id int PRIMARY KEY, v int); | public.t is unlogged, and"
            + " public.u is not",
        "TABLE | CREATE TABLE u (id int PRIMARY KEY, v int) PARTITION BY RANGE (id); CREATE"
            + " UNLOGGED TABLE u_1 PARTITION OF u DEFAULT; | public.u_1 is unlogged, and public.t"
            + " is not"
      })
  void oneSideAloneIsRefused(String legacy, String canonical, String said) {
    Bench bench = bench(legacy, canonical);
    assertThatThrownBy(bench::install)
        .hasMessageContaining(said)
        .extracting(e -> ((RubiconException) e).code())
        .isEqualTo(ErrorCode.TRANSITION_UNSUPPORTED);
    assertThat(bench.one("SELECT count(*) FROM pg_trigger WHERE tgname LIKE '!rubicon%'"))
        .isEqualTo("0");
  }

  @Test
  void bothTogetherAreNot() {
    Bench bench = bench("UNLOGGED TABLE", "CREATE UNLOGGED TABLE u (id int PRIMARY KEY, v int);");
    bench.toVerified();
    assertThat(bench.verify().mismatches()).isZero();
  }
}
