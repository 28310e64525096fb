package dev.rubicon.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.rubicon.backfill.Backfill;
import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.catalog.CatalogDiff;
import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.catalog.CatalogSamples;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.config.Commands;
import dev.rubicon.contract.Contract;
import dev.rubicon.cutover.Cutover;
import dev.rubicon.drift.Drift;
import dev.rubicon.drift.DriftCheck;
import dev.rubicon.drift.Reference;
import dev.rubicon.dualwrite.DualWrite;
import dev.rubicon.engine.KeptEvidence;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.expand.Expand;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.rollout.CrossingTerms;
import dev.rubicon.rollout.Phase;
import dev.rubicon.transition.Bench;
import dev.rubicon.verify.Verify;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small change needs no schema file: canonical is what is there, and what the runbook says. */
@Tag("slow")
class DerivedCanonicalTest {
  private static final String LEGACY =
      "CREATE TABLE public.t (id int PRIMARY KEY, a text NOT NULL DEFAULT 'x');"
          + "CREATE VIEW public.seen AS SELECT id FROM public.t;"
          + "COMMENT ON TABLE public.t IS 'ours';";

  private static final String COLUMN =
      """
      transitions:
        - relation: public.t
          columns:
            - {name: b, type: text, up: "upper(a)", down: {a: "lower(b)"}, nullable: false}
      contract:
        quiet-period: 0s
        legacy-columns: [{relation: public.t, column: a, action: drop}]
      """;

  @TempDir Path temp;
  private final KeptEvidence evidence = new KeptEvidence();
  private final Bench bench = new Bench(LEGACY, "INSERT INTO public.t VALUES (1, 'x')");

  private PhaseContext context(String yaml) {
    PreflightSamples.write(
        temp.resolve("runbook.yaml"),
        """
        rubicon: 1
        name: sample
        title: A sample
        description: For a test
        backup: {external: elsewhere}
        clone: {none: a test}
        approvals: {gates: [], self-approval: true}
        """
            + yaml);
    return PreflightSamples.context(RunbookReader.read(temp), bench.target(), evidence);
  }

  private static void plan(PhaseContext context) {
    new Preflight(PreflightSamples.staging()).run(context);
  }

  private CatalogSnapshot now() {
    try (var session = CatalogSamples.open(bench.target())) {
      return CatalogReader.read(session, List.of("public"));
    }
  }

  @Test
  void thePlanShowsWhatTheRunbookSaysAndNothingElse() {
    var before = now();
    plan(context(COLUMN));
    assertThat(evidence.get(EvidenceNames.FINDINGS))
        .filteredOn(Finding::differs)
        .extracting(Finding::id, Finding::disposition)
        .containsExactlyInAnyOrder(
            tuple("missing:column:public.t.b", Finding.Disposition.FIXED_BY_ROLLOUT),
            tuple("extra:column:public.t.a", Finding.Disposition.FIXED_BY_ROLLOUT));
    assertThat(now()).isEqualTo(before);
  }

  @Test
  void anIndexAloneIsOneLine() {
    plan(
        context(
            "expand: {concurrently: [{name: public.by_a, sql: \"CREATE INDEX CONCURRENTLY by_a ON"
                + " public.t (a)\"}]}\n"));
    assertThat(evidence.get(EvidenceNames.FINDINGS))
        .filteredOn(f -> f.kind() == Finding.Kind.MISSING)
        .extracting(Finding::id, Finding::disposition)
        .containsExactly(
            tuple("missing:index:public.t.by_a", Finding.Disposition.FIXED_BY_ROLLOUT));
  }

  /** A role that staging lacks keeps its rights: that the copy is silent is no difference. */
  @Test
  void whatACopyCannotHaveIsNoDifference() {
    var copy = now();
    var grant = new CatalogEntry(ObjectKind.TABLE, "public", "z", "", "only there", true, "");
    var entries = new ArrayList<>(copy.entries());
    entries.add(grant);
    var target = new CatalogSnapshot(entries);
    assertThat(DerivedCanonical.of(target, copy, copy)).isEqualTo(target);
    assertThat(DerivedCanonical.of(copy, target, target)).isEqualTo(copy);
    assertThat(DerivedCanonical.of(copy, copy, target)).isEqualTo(target);
    assertThat(DerivedCanonical.of(target, target, copy)).isEqualTo(copy);
  }

  @Test
  void theWholeWayEndsWhereThePlanSaid() {
    assertThatThrownBy(() -> drift(Optional.empty()))
        .isInstanceOfSatisfying(
            RubiconException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CANONICAL_DERIVED));
    var context = context(COLUMN);
    plan(context);
    CatalogSnapshot canonical = evidence.get(EvidenceNames.CANONICAL);
    new Expand(_ -> Optional.of(canonical)).run(context.in(Phase.EXPAND));
    new DualWrite().run(context.in(Phase.DUAL_WRITE));
    // Launched again in the middle: it goes on to what the first one was launched for.
    plan(context);
    assertThat(evidence.get(EvidenceNames.CANONICAL)).isEqualTo(canonical);
    new Backfill().run(context.in(Phase.BACKFILL));
    new Verify().run(context.in(Phase.VERIFY));
    new Cutover().run(context.in(Phase.CUTOVER), CrossingTerms.NONE);
    assertThat(drift(Optional.empty()).open()).isEmpty();
    plan(context);
    new Contract().run(context.in(Phase.CONTRACT));
    assertThat(CatalogDiff.between(now(), canonical)).isEmpty();
    assertThat(drift(Optional.of(canonical)).open()).isEmpty();
    bench.run("ALTER TABLE public.t ADD c int");
    assertThat(drift(Optional.of(canonical)).open())
        .extracting(Finding::id)
        .containsExactly("extra:column:public.t.c");
  }

  /** Under its own name, and everything else is called what it was called. */
  @Test
  void aTableThatGetsAnotherKeyType() {
    PreflightSamples.write(
        temp.resolve("expand/V1__wide.sql"),
        "CREATE TABLE public.t_wide (id bigint PRIMARY KEY, a text NOT NULL DEFAULT 'x');"
            + "CREATE INDEX t_wide_a ON public.t_wide (a);");
    PreflightSamples.write(temp.resolve("expand/U1__wide.sql"), "DROP TABLE public.t_wide;");
    var context =
        context(
            """
            expand: {migrations: expand}
            transitions:
              - relation: public.t
                kind: shadow
                to: public.t
                built-as: public.t_wide
                legacy-name: hide
                columns: [{name: id, up: "id::bigint", down: {id: "id::int"}}]
            contract:
              quiet-period: 0s
              legacy-relations: [{relation: public.t, action: drop}]
            findings: [{match: "*", disposition: accept, reason: tried}]
            """);
    bench.run("DROP VIEW public.seen");
    plan(context);
    CatalogSnapshot canonical = evidence.get(EvidenceNames.CANONICAL);
    assertThat(evidence.get(EvidenceNames.FINDINGS))
        .extracting(Finding::id)
        .contains("changed:column:public.t.id", "missing:index:public.t.t_wide_a");
    new Expand(_ -> Optional.of(canonical)).run(context.in(Phase.EXPAND));
    new DualWrite().run(context.in(Phase.DUAL_WRITE));
    new Backfill().run(context.in(Phase.BACKFILL));
    new Verify().run(context.in(Phase.VERIFY));
    new Cutover().run(context.in(Phase.CUTOVER), CrossingTerms.NONE);
    new Contract().run(context.in(Phase.CONTRACT));
    assertThat(CatalogDiff.between(now(), canonical)).isEmpty();
    assertThat(bench.one("SELECT pg_typeof(id)::text FROM public.t")).isEqualTo("bigint");
    assertThat(bench.one("SELECT to_regclass('public.t_wide') IS NULL")).isEqualTo("t");
  }

  private Drift drift(Optional<CatalogSnapshot> last) {
    return new DriftCheck(
            PreflightSamples.staging(),
            Optional.empty(),
            Commands.REFUSE,
            SessionTag.ofCommand("drift", Phase.PREFLIGHT),
            Progress.NONE)
        .run(
            bench.target(),
            context(COLUMN).bundle(),
            new Reference.Canonical(() -> last),
            DriftCheck.Extent.DEFINITIONS);
  }

  @Test
  void whatFailsIsSaidAndNotTakenForDone() {
    assertThatThrownBy(
            () ->
                plan(
                    context(
                        "transitions:\n"
                            + "  - relation: public.t\n"
                            + "    columns:\n"
                            + "      - {name: b, type: text, up: \"absent(a)\", irreversible:"
                            + " x}\n")))
        .isInstanceOf(RubiconException.class)
        .hasMessageContaining("unsupported:transition:public.t");
    assertThat(evidence.get(EvidenceNames.FINDINGS))
        .anyMatch(f -> f.title().contains("function absent(text) does not exist"))
        .noneMatch(f -> f.id().equals("note:finished"));
  }
}
