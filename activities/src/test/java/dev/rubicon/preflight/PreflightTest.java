package dev.rubicon.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.catalog.CatalogSamples;
import dev.rubicon.engine.KeptEvidence;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollout.Facts;
import java.util.List;
import org.junit.jupiter.api.Test;

class PreflightTest {

  @Test
  void theChecksRunbookIsFullyAccountedForOnItsLegacyDatabase() {
    Target legacy = PreflightSamples.legacyChecks();
    Bundle bundle = RunbookReader.read(PreflightSamples.checksCanonical());
    var evidence = new KeptEvidence();

    Facts.Preflight facts =
        new Preflight(PreflightSamples.staging())
            .run(PreflightSamples.context(bundle, legacy, evidence));

    assertThat(facts.open()).isEmpty();
    assertThat(findings(evidence))
        .filteredOn(finding -> finding.kind() != Finding.Kind.NOTE)
        .isNotEmpty()
        .allMatch(f -> f.disposition() == Finding.Disposition.FIXED_BY_ROLLOUT);
    assertThat(evidence.names())
        .contains(
            "snapshot",
            "canonical",
            "findings",
            "tables",
            "samples",
            "activity",
            "version-tables",
            "effects");
  }

  /** A database that has them is planned like any other. */
  @Test
  void columnsThatDifferOnlyInCaseAreTwoColumns() {
    Target legacy = PreflightSamples.legacyChecks();
    try (PgSession session = CatalogSamples.open(legacy)) {
      session.execute("CREATE TABLE public.twins (\"ID\" int PRIMARY KEY, id int, \"Id\" text)");
    }
    var evidence = new KeptEvidence();

    new Preflight(PreflightSamples.staging())
        .run(
            PreflightSamples.context(
                RunbookReader.read(PreflightSamples.checksCanonical()), legacy, evidence));

    assertThat(findings(evidence)).anyMatch(finding -> finding.id().contains("public.twins"));
  }

  private static List<Finding> findings(KeptEvidence evidence) {
    return evidence.get(EvidenceNames.FINDINGS);
  }
}
