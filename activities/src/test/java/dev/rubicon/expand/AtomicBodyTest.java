package dev.rubicon.expand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.transition.Bench;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which bodies of functions Flyway takes as they are; the plan names the one that it cuts. */
@Tag("slow")
class AtomicBodyTest {
  private static Bench bench(String body) throws Exception {
    return new Bench("CREATE TABLE t (id int)")
        .migration(
            "V1__f.sql",
            "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql "
                + body
                + ";\nCREATE TABLE public.later ();")
        .migration("U1__f.sql", "DROP TABLE public.later; DROP FUNCTION public.f();");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END",
        "BEGIN ATOMIC SELECT CASE WHEN true THEN (CASE WHEN true THEN 1 END) END; SELECT 2; END",
        "AS $$ SELECT CASE WHEN true THEN CASE WHEN true THEN 1 END END; SELECT 2 $$",
      })
  void whatThePlanSuggestsIsApplied(String body) throws Exception {
    assertThat(bench(body).expand().migrations()).containsExactly("1");
  }

  @Test
  void twoEndsInARowAreCut() throws Exception {
    Bench bench =
        bench(
            "BEGIN ATOMIC SELECT CASE WHEN true THEN CASE WHEN true THEN 1 END END; SELECT 2; END");
    // Were it mended in Flyway, the plan's finding could go.
    assertThatThrownBy(bench::expand).hasMessageContaining("42601");
  }
}
