package dev.rubicon.preflight.finding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.cutover.Cutover;
import dev.rubicon.dualwrite.DualWrite;
import dev.rubicon.engine.KeptEvidence;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.expand.Expand;
import dev.rubicon.finding.Finding;
import dev.rubicon.preflight.Preflight;
import dev.rubicon.preflight.PreflightSamples;
import dev.rubicon.rollout.CrossingTerms;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Bench;
import dev.rubicon.verify.Verify;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What stops a rollout is said by the plan, and what the plan lets pass stops nothing later. */
@Turn
@Tag("slow")
class WhatStopsTest {
  private static final String LEGACY = "CREATE TABLE public.t (id int PRIMARY KEY, a text);";

  @TempDir Path temp;
  private final KeptEvidence evidence = new KeptEvidence();
  private final Bench bench = new Bench(LEGACY, "INSERT INTO public.t VALUES (1, 'x')");

  private PhaseContext context(String canonical, String yaml) {
    return context(canonical, "SELECT 1;", yaml);
  }

  private PhaseContext context(String canonical, String expand, String yaml) {
    return PreflightSamples.context(
        PreflightSamples.bundle(
            temp,
            canonical,
            expand,
            "SELECT 1;",
            yaml + "approvals: {gates: [], self-approval: true}\n"),
        bench.target(),
        evidence);
  }

  private List<Finding> stopping() {
    return evidence.get(EvidenceNames.FINDINGS).stream().filter(Finding::blocks).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CREATE TABLE public.absent (id int) | missing:table:public.absent",
        "ALTER TABLE public.t ADD b int | missing:column:public.t.b",
        "CREATE INDEX by_a ON public.t (a) | missing:index:public.t.by_a",
        "CREATE SEQUENCE public.absent | missing:sequence:public.absent",
        "CREATE VIEW public.absent AS SELECT 1 AS x | missing:view:public.absent",
        "CREATE TYPE public.absent AS ENUM ('a') | missing:enum:public.absent",
        "CREATE DOMAIN public.absent AS int | missing:domain:public.absent",
      })
  void whatTheRolloutDoesNotBringStopsThePlan(String ddl, String id) {
    assertThatThrownBy(
            () -> new Preflight(PreflightSamples.staging()).run(context(LEGACY + ddl, "")))
        .isInstanceOfSatisfying(
            RubiconException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FINDING_OPEN))
        .hasMessageContaining("canonical has what the rollout does not bring: " + id);
    assertThat(stopping()).extracting(Finding::id).contains(id);

    goesThrough(
        context(
            LEGACY + ddl,
            "findings: [{match: \"" + id + "*\", disposition: accept, reason: x}]\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ALTER TABLE public.t ADD CHECK (a <> '') | missing:constraint:public.t.t_a_check",
        "ALTER TABLE public.t ALTER a SET NOT NULL | changed:column:public.t.a",
        "ALTER TABLE public.t ALTER id ADD GENERATED ALWAYS AS IDENTITY |"
            + " changed:column:public.t.id",
        "COMMENT ON TABLE public.t IS 'x' | missing:comment",
        "CREATE FUNCTION public.absent() RETURNS int LANGUAGE sql AS 'SELECT 1' | missing:function",
        "ALTER TABLE public.t DROP COLUMN a | extra:column:public.t.a",
      })
  void whatThePlanLetsPassStopsNothing(String ddl, String id) {
    goesThrough(context(LEGACY + ddl, ""));
    assertThat(evidence.get(EvidenceNames.FINDINGS))
        .anyMatch(
            f ->
                f.id().startsWith(id)
                    && f.disposition() == Finding.Disposition.OPEN
                    && !f.blocks());
  }

  /** What canonical has not gets SQL only where the runbook says drop, and the drop is a hazard. */
  @Test
  void whatIsExtraIsDroppedOnlyWhereTheRunbookSaysSo() {
    String canonical = "CREATE TABLE public.t (id int PRIMARY KEY);";
    new Preflight(PreflightSamples.staging()).run(context(canonical, ""));
    assertThat(extra().suggestedSql()).isEmpty();
    assertThat(extra().reason()).isEqualTo("dropped only where the runbook says drop");

    String drop = "findings: [{match: 'extra:column:*', disposition: drop, reason: unused}]\n";
    new Preflight(PreflightSamples.staging()).run(context(canonical, drop));
    assertThat(extra().suggestedSql()).contains("ALTER TABLE \"public\".\"t\" DROP COLUMN \"a\"");
    assertThat(extra().disposition()).isEqualTo(Finding.Disposition.OPEN);
    assertThat(extra().reason()).isEqualTo("unused");
    String sql = extra().suggestedSql().orElseThrow();

    assertThatThrownBy(
            () ->
                new Preflight(PreflightSamples.staging()).run(context(canonical, sql + ";", drop)))
        .isInstanceOfSatisfying(
            RubiconException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.HAZARD_NOT_ALLOWED));
    assertThat(extra().disposition()).isEqualTo(Finding.Disposition.FIXED_BY_ROLLOUT);
  }

  private Finding extra() {
    return evidence.get(EvidenceNames.FINDINGS).stream()
        .filter(finding -> finding.id().equals("extra:column:public.t.a"))
        .findFirst()
        .orElseThrow();
  }

  /** Missing until contract has made it: said to be brought, and it does not stop before. */
  @Test
  void whatContractBringsIsMissingUntilThen() {
    PreflightSamples.write(temp.resolve("after.sql"), "CREATE INDEX by_a ON public.t (a);");
    goesThrough(
        context(
            LEGACY + "CREATE INDEX by_a ON public.t (a);",
            "contract: {quiet-period: 0s, sql: [after.sql]}\n"));
    assertThat(evidence.get(EvidenceNames.FINDINGS))
        .filteredOn(f -> f.id().equals("missing:index:public.t.by_a"))
        .extracting(Finding::disposition)
        .containsExactly(Finding.Disposition.FIXED_BY_ROLLOUT);
  }

  /**
   * Nothing differs: whether anything is left to do shows where a migration makes what is there.
   */
  @Test
  void aTargetThatIsCanonicalIsFinishedUnlessRowsAreYetToBeWritten() {
    new Preflight(PreflightSamples.staging()).run(context(LEGACY, LEGACY, ""));
    assertThat(evidence.get(EvidenceNames.FINDINGS))
        .extracting(Finding::id)
        .containsExactly("note:finished");

    new Preflight(PreflightSamples.staging())
        .run(
            context(
                LEGACY,
                "UPDATE public.t SET a = lower(a);",
                "hazards: [{hazard: 'hazard:data-change:public.t', reason: small}]\n"));
    assertThat(evidence.get(EvidenceNames.FINDINGS))
        .extracting(Finding::id)
        .doesNotContain("note:finished");
  }

  @Test
  void aHandMadeVersionTableMustBeThereOnceExpandIsThrough() {
    String stamp =
        "cutover: {stamps: [{tool: table, table: public.t, column: %s, set: {id: '2'}, versions:"
            + " [y]}]}\n";
    assertThatThrownBy(
            () ->
                new Preflight(PreflightSamples.staging())
                    .run(context(LEGACY, stamp.formatted("version"))))
        .hasMessageContaining("hazard:stamp:public.t");
    assertThat(
            new Preflight(PreflightSamples.staging())
                .run(context(LEGACY, stamp.formatted("a")))
                .open())
        .isEmpty();
  }

  /** The plan of a launch that finds what an earlier one has begun. */
  @Test
  void aRelaunchIsNotStoppedByWhatTheRolloutHasYetToBring() {
    PhaseContext context =
        context(
            LEGACY + "ALTER TABLE public.t ADD b text;",
            """
            transitions:
              - relation: public.t
                columns: [{name: b, type: text, up: a, down: {a: b}}]
            """);
    goesThrough(context);
    assertThat(new Preflight(PreflightSamples.staging()).run(context).open()).isEmpty();
  }

  private void goesThrough(PhaseContext context) {
    Facts.Preflight planned = new Preflight(PreflightSamples.staging()).run(context);
    assertThat(planned.open()).isEqualTo(stopping().stream().map(Finding::id).toList()).isEmpty();
    CatalogSnapshot canonical = evidence.get(EvidenceNames.CANONICAL);
    new Expand(_ -> Optional.of(canonical)).run(context.in(Phase.EXPAND));
    new DualWrite().run(context.in(Phase.DUAL_WRITE));
    new dev.rubicon.backfill.Backfill().run(context.in(Phase.BACKFILL));
    new Verify().run(context.in(Phase.VERIFY));
    new Cutover().run(context.in(Phase.CUTOVER), CrossingTerms.NONE);
  }
}
