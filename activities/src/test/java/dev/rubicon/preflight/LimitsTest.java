package dev.rubicon.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.backfill.Backfill;
import dev.rubicon.bundle.Bundle;
import dev.rubicon.catalog.CatalogSamples;
import dev.rubicon.cutover.Cutover;
import dev.rubicon.dualwrite.DualWrite;
import dev.rubicon.engine.KeptEvidence;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.expand.Expand;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.preflight.finding.SizeLimits;
import dev.rubicon.rollout.CrossingTerms;
import dev.rubicon.rollout.Phase;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Bench;
import dev.rubicon.verify.Verify;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits of PostgreSQL that statements of ours would meet are found by the plan. */
@Turn
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

  /** Random text does not compress: it is kept, and would be indexed, as large as it is. */
  @Test
  void whatIsTooLargeForAnIndexOfCanonicalsIsNamed() {
    String random = "(SELECT string_agg(md5(i::text || j), '') FROM generate_series(1, %s) j)";
    var bench =
        new Bench(
            """
            CREATE TABLE public.t (id int PRIMARY KEY, a text, b text, c text, fits text);
            CREATE TABLE public.plain (id int PRIMARY KEY, fits text, large text);
            CREATE TABLE public.l (id int PRIMARY KEY, a text);
            """,
            "INSERT INTO public.t SELECT i, "
                + random.formatted(90)
                + ", repeat('x', 100000), 'short', "
                + random.formatted(80)
                + " FROM generate_series(1, 3) i",
            "INSERT INTO public.plain SELECT i, 'x', "
                + random.formatted(90)
                + " FROM generate_series(1, 3) i",
            "INSERT INTO public.l SELECT i, "
                + random.formatted(90)
                + " FROM generate_series(1, 3) i");
    String canonical =
        """
        CREATE TABLE public.t (id int PRIMARY KEY, a text, b text, c text, fits text, x text,
          y text, z text);
        CREATE INDEX renamed_key ON public.t (x);
        CREATE INDEX compressed_key ON public.t (b);
        CREATE INDEX both_key ON public.t (c, a);
        CREATE INDEX fits_key ON public.t (fits);
        CREATE INDEX computed_key ON public.t (z);
        CREATE INDEX hashed ON public.t USING hash (a);
        CREATE INDEX partial_key ON public.t (a) WHERE id > 0;
        CREATE INDEX upper_key ON public.t (upper(a));
        CREATE INDEX length_key ON public.t (length(a));
        CREATE TABLE public.plain (id int PRIMARY KEY, fits text, large text);
        CREATE INDEX plain_key ON public.plain (fits);
        CREATE UNIQUE INDEX plain_large ON public.plain (large);
        """;
    String shadow = "CREATE TABLE public.s (id int PRIMARY KEY, a varchar UNIQUE, %s text);";
    Bundle bundle =
        PreflightSamples.bundle(
            temp,
            canonical + shadow.formatted("more"),
            "SELECT 1;",
            "SELECT 1;",
            """
            transitions:
              - relation: public.t
                columns:
                  - {name: x, type: text, up: a, down: {a: x}}
                  - {name: z, type: text, up: md5(a), irreversible: a test}
              - {relation: public.l, kind: shadow, to: public.s}
            findings: [{match: '*', disposition: ignore, reason: not what is asked here}]
            """);
    try (PgSession target = CatalogSamples.open(bench.target());
        PgSession built = canonicalOf(canonical + shadow.formatted("more"))) {
      assertThat(ids(target, built, bundle, Long.MAX_VALUE))
          .containsExactlyInAnyOrder(
              "unsupported:index-row-size:public.t.renamed_key",
              "unsupported:index-row-size:public.t.both_key",
              "unsupported:index-row-size:public.plain.plain_large",
              "unsupported:index-row-size:public.s.s_a_key",
              // Left to the rehearsal, and said so.
              "note:sizes:public.t.partial_key",
              "note:sizes:public.t.upper_key");
      assertThat(ids(target, built, bundle, 60_000))
          .as("as a row near 1 GB would be, were the limit 1 GB")
          .contains("unsupported:row-size:public.t")
          .doesNotContain("unsupported:row-size:public.l");
      for (String sql :
          List.of(
              "CREATE INDEX ON public.t (b)",
              "CREATE INDEX ON public.t (fits)",
              "CREATE INDEX ON public.plain (fits)")) {
        target.execute(sql);
      }
      for (String sql :
          List.of("CREATE INDEX ON public.t (c, a)", "CREATE INDEX ON public.l (a)")) {
        assertThatThrownBy(() -> target.execute(sql))
            .as("PostgreSQL says so, too")
            .hasMessageContaining("[54000]");
      }
    }
  }

  /** A dump forgets them, so neither the copy nor the clone would tell. */
  @Test
  void columnsThatWereDroppedCount() {
    String legacy = "CREATE TABLE public.t (id int PRIMARY KEY)";
    var bench = new Bench(legacy, "SELECT 1");
    Bundle bundle =
        PreflightSamples.bundle(
            temp,
            "CREATE TABLE public.t (id int PRIMARY KEY, x int);",
            "SELECT 1;",
            "SELECT 1;",
            "transitions: [{relation: public.t, columns: [{name: x, type: int, up: id,"
                + " irreversible: a test}]}]\n");
    try (PgSession session = CatalogSamples.open(bench.target())) {
      for (String verb : List.of("ADD COLUMN c%d int", "DROP COLUMN c%d")) {
        session.execute(
            IntStream.rangeClosed(1, 1597)
                .mapToObj(verb::formatted)
                .collect(Collectors.joining(", ", "ALTER TABLE public.t ", "")));
      }
    }
    var context = PreflightSamples.context(bundle, bench.target(), new KeptEvidence());
    assertThat(new Preflight(PreflightSamples.staging()).run(context).open()).isEmpty();
    try (PgSession session = CatalogSamples.open(bench.target())) {
      session.execute("ALTER TABLE public.t ADD COLUMN more int");
      session.execute("ALTER TABLE public.t DROP COLUMN more");
    }
    assertThatThrownBy(() -> new Preflight(PreflightSamples.staging()).run(context))
        .hasMessageContaining("unsupported:columns:public.t");
  }

  private static PgSession canonicalOf(String sql) {
    return CatalogSamples.open(new Bench(sql, "SELECT 1").target());
  }

  private static List<String> ids(
      PgSession target, PgSession canonical, Bundle bundle, long largestRow) {
    return SizeLimits.of(target, canonical, bundle.runbook(), largestRow).stream()
        .map(Finding::id)
        .toList();
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
