package dev.rubicon.installed;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.transition.Bench;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Somebody gives our schema another name: legacy's clients fail until it has its own again. */
class RenamedSchemaTest {

  @Test
  void noPhaseTakesItForATargetWithoutRollout() {
    Bench bench =
        new Bench("CREATE TABLE t (id int PRIMARY KEY, v text)", "INSERT INTO t VALUES (1, 'a')")
            .transition("public.t", map("w", "text", "upper(v)", Map.of("v", "w")));
    String before = bench.fingerprint();
    bench.install();
    bench.run("ALTER SCHEMA rubicon RENAME TO \"Was it\"");

    assertThatThrownBy(bench::abort)
        .hasMessageContaining("\"Was it\"")
        .isInstanceOfSatisfying(
            RubiconException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.TARGET_STATE_LOST);
              assertThat(e.next()).startsWith("ALTER SCHEMA \"Was it\" RENAME TO rubicon;");
            });
    assertThatThrownBy(bench::backfill).hasMessageContaining("\"Was it\"");

    bench.run("ALTER SCHEMA \"Was it\" RENAME TO rubicon");
    bench.abort();
    assertThat(bench.fingerprint()).isEqualTo(before);
  }
}
