package dev.rubicon.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.backfill.Backfill;
import dev.rubicon.bundle.Bundle;
import dev.rubicon.cutover.Cutover;
import dev.rubicon.dualwrite.DualWrite;
import dev.rubicon.engine.KeptEvidence;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.expand.Expand;
import dev.rubicon.rollout.CrossingTerms;
import dev.rubicon.rollout.Phase;
import dev.rubicon.transition.Bench;
import dev.rubicon.verify.Verify;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits of PostgreSQL that statements of ours would meet are found by the plan. */
@Tag("slow")
class LimitsTest {
  @TempDir Path temp;

  /** As many as a function has arguments, and one more. */
  @ParameterizedTest
  @ValueSource(strings = {"in-place", "shadow"})
  void anExpressionReadsAtMostAHundredColumns(String kind) {
    String shadow = kind.equals("shadow") ? table("s", 110, ", x text") : "";
    assertThatThrownBy(
            () -> new Preflight(PreflightSamples.staging()).run(context(110, shadow, 101)))
        .hasMessageContaining("unsupported:transition:public.t");
    PhaseContext context = context(110, shadow, 100);
    assertThat(new Preflight(PreflightSamples.staging()).run(context).open()).isEmpty();
    new Expand().run(context.in(Phase.EXPAND));
    new DualWrite().run(context.in(Phase.DUAL_WRITE));
    new Backfill().run(context.in(Phase.BACKFILL));
    new Verify().run(context.in(Phase.VERIFY));
    new Cutover().run(context.in(Phase.CUTOVER), CrossingTerms.NONE);
  }

  /** Each of them is a table that PostgreSQL takes. */
  @Test
  void bothSidesOfAShadowFitIntoOneRow() {
    assertThatThrownBy(
            () ->
                new Preflight(PreflightSamples.staging())
                    .run(context(850, table("s", 850, ", x text"), 3)))
        .hasMessageContaining("unsupported:transition:public.t");
  }

  private PhaseContext context(int columns, String shadow, int read) {
    String legacy = table("t", columns, "");
    String up =
        IntStream.rangeClosed(1, read)
            .mapToObj(i -> "coalesce(c" + i + ", '')")
            .collect(Collectors.joining(" || "));
    String transition =
        shadow.isEmpty()
            ? "columns: [{name: x, type: text, up: \"%s\", irreversible: a test}]".formatted(up)
            : "kind: shadow, to: public.s, columns: [{name: x, up: \"%s\", irreversible: a test}]"
                .formatted(up);
    Bundle bundle =
        PreflightSamples.bundle(
            temp,
            shadow.isEmpty() ? table("t", columns, ", x text") : shadow,
            shadow.isEmpty() ? "SELECT 1;" : shadow,
            shadow.isEmpty() ? "SELECT 1;" : "DROP TABLE public.s;",
            "transitions: [{relation: public.t, " + transition + "}]\n");
    var bench = new Bench(legacy, "INSERT INTO public.t (id, c1) VALUES (1, 'a'), (2, 'b')");
    return PreflightSamples.context(bundle, bench.target(), new KeptEvidence());
  }

  private static String table(String name, int columns, String more) {
    return IntStream.rangeClosed(1, columns)
        .mapToObj(i -> "c" + i + " text")
        .collect(
            Collectors.joining(
                ", ", "CREATE TABLE public." + name + " (id int PRIMARY KEY, ", more + ");"));
  }
}
