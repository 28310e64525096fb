package dev.rubicon.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.catalog.CatalogSamples;
import dev.rubicon.change.LongForm;
import dev.rubicon.engine.KeptEvidence;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.expand.Expand;
import dev.rubicon.expand.Migrations;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.preflight.Preflight;
import dev.rubicon.preflight.PreflightSamples;
import dev.rubicon.runbook.Partitions;
import dev.rubicon.runbook.Partitions.TimeSeries;
import dev.rubicon.transition.Bench;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Which form tables of rows over time get is settled before the launch, is a part of what is
 * approved, and is what the owner's SQL is told wherever it runs.
 */
@Tag("slow")
public class TimeSeriesTest {
  /** One file for all forms, as a migration and as canonical: it also runs in plain psql. */
  public static final String READINGS =
      """
      DO $$
      BEGIN
        CASE current_setting('rubicon.timeseries')
          WHEN 'partitions' THEN
            CREATE TABLE public.readings (at timestamptz NOT NULL, sensor int NOT NULL, value float8) PARTITION BY RANGE (at);
            CREATE TABLE public.readings_default PARTITION OF public.readings DEFAULT;
          WHEN 'hypertable' THEN
            CREATE EXTENSION IF NOT EXISTS timescaledb;
            CREATE TABLE public.readings (at timestamptz NOT NULL, sensor int NOT NULL, value float8);
            PERFORM create_hypertable('public.readings', 'at', create_default_indexes => false);
          WHEN 'plain' THEN
            CREATE TABLE public.readings (at timestamptz NOT NULL, sensor int NOT NULL, value float8);
        END CASE;
      END
      $$;
      CREATE INDEX readings_sensor_at ON public.readings (sensor, at DESC);
      """;

  /** It is told the form as well: with another one it would not know what to do. */
  private static final String UNDO =
      """
      DO $$
      BEGIN
        IF current_setting('rubicon.timeseries') NOT IN ('partitions', 'plain') THEN
          RAISE EXCEPTION 'not told';
        END IF;
        DROP TABLE public.readings;
      END
      $$;
      """;

  /** What {@code auto} asks of the target. */
  public static final String CREATED = TimeSeriesForm.CREATED;

  /** What {@code auto} asks of staging. */
  public static final String INSTALLED = TimeSeriesForm.INSTALLED;

  @TempDir Path temp;

  private final KeptEvidence evidence = new KeptEvidence();
  private final Bench bench = new Bench("SELECT 1", "SELECT 1");

  private Bundle given(String form) {
    return PreflightSamples.bundle(
        temp.resolve(form),
        READINGS,
        READINGS,
        UNDO,
        "timeseries: " + form + "\napprovals: {gates: [], self-approval: true}\n");
  }

  private Bundle written(Bundle bundle) {
    try (PgSession session = CatalogSamples.open(bench.target())) {
      return LongForm.written(session, () -> true, bundle);
    }
  }

  @ParameterizedTest
  @CsvSource({"auto, p", "partitions, p", "plain, r"})
  void theFormIsToldToCanonicalMigrationsAndTheirUndo(String form, String kind) {
    Bundle bundle = written(given(form));
    PhaseContext context = PreflightSamples.context(bundle, bench.target(), evidence);
    new Preflight(PreflightSamples.staging()).run(context);
    assertThat(evidence.get(EvidenceNames.FINDINGS))
        .filteredOn(finding -> finding.id().startsWith("missing:"))
        .isNotEmpty()
        .allSatisfy(
            finding ->
                assertThat(finding.disposition()).isEqualTo(Finding.Disposition.FIXED_BY_ROLLOUT));
    assertThat(evidence.get(EvidenceNames.FINDINGS)).filteredOn(Finding::blocks).isEmpty();

    new Expand().run(context);
    assertThat(bench.one("SELECT relkind FROM pg_class WHERE oid = 'public.readings'::regclass"))
        .isEqualTo(kind);
    try (PgSession session = CatalogSamples.open(bench.target())) {
      new Migrations(context).undo(session);
    }
    assertThat(bench.one("SELECT to_regclass('public.readings') IS NULL")).isEqualTo("t");
  }

  @Test
  void whatAutoComesToIsABundleOfItsOwn() {
    Bundle auto = given("auto");
    Bundle settled = written(auto);
    assertThat(settled.runbook().timeseries()).contains(TimeSeries.PARTITIONS);
    assertThat(settled.digest()).isNotEqualTo(auto.digest()).isEqualTo(written(auto).digest());
    assertThat(LongForm.of(settled)).contains(auto.digest());
    assertThat(LongForm.why(settled))
        .containsExactly(
            "timeseries: partitions, because timescaledb is not created in the target");
    // No phase would know.
    assertThatThrownBy(() -> LongForm.require(auto))
        .isInstanceOfSatisfying(
            RubiconException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RUNBOOK_INVALID));
    assertThat(LongForm.require(settled)).isSameAs(settled);
  }

  /** That there is an extension to find is {@code TimescaleTest}'s. */
  @ParameterizedTest
  @CsvSource({
    "true, true, HYPERTABLE",
    "true, false, PARTITIONS",
    "false, true, PARTITIONS",
    "false, false, PARTITIONS"
  })
  void aHypertableNeedsTheExtensionOnBothSides(boolean target, boolean staging, TimeSeries form) {
    assertThat(TimeSeriesForm.chosen(target, () -> staging).form()).isEqualTo(form);
  }

  @Test
  void hypertablesWithoutTheExtensionAreRefusedBeforeAnythingIsTried() {
    Bundle bundle = given("hypertable");
    assertThat(written(bundle)).isSameAs(bundle);
    PhaseContext context = PreflightSamples.context(bundle, bench.target(), evidence);
    assertThatThrownBy(() -> new Preflight(PreflightSamples.staging()).run(context))
        .isInstanceOfSatisfying(
            RubiconException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.EXTENSION_MISSING);
              assertThat(e).hasMessageContaining("timescaledb is not created in the target");
              assertThat(e.next()).contains("timeseries: auto").contains("rubicon plan");
            });
    assertThat(evidence.find(EvidenceNames.FINDINGS)).isEmpty();
  }

  @Test
  void anotherWordIsRefusedWhereItStands() {
    assertThatThrownBy(() -> given("chunks"))
        .hasMessageContaining("'chunks' is not one of: auto, hypertable, partitions, plain");
  }

  @ParameterizedTest
  @CsvSource({"auto, true", "partitions, true", "hypertable, false", "plain, false"})
  void functionsForPartitionsComeWherePartitionsDo(String form, boolean brought) {
    Bundle bundle =
        PreflightSamples.bundle(
            temp.resolve(form),
            READINGS,
            READINGS,
            UNDO,
            "timeseries: "
                + form
                + "\npartitions: [{relation: public.readings, every: day, timeseries: true},"
                + " {relation: public.others, every: day}]\n");
    assertThat(bundle.runbook().partitions())
        .extracting(Partitions::relation)
        .contains("public.others")
        .satisfies(all -> assertThat(all.contains("public.readings")).isEqualTo(brought));
  }
}
