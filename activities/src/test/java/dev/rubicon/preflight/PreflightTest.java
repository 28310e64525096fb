package dev.rubicon.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollout.Facts;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PreflightTest {

  @Test
  void theChecksRunbookIsFullyAccountedForOnItsLegacyDatabase() {
    Target legacy = PreflightSamples.legacyChecks();
    Bundle bundle = RunbookReader.read(PreflightSamples.checksCanonical());
    var evidence = new HashMap<String, Object>();

    Facts.Preflight facts =
        new Preflight(PreflightSamples.staging())
            .run(PreflightSamples.context(bundle, legacy, evidence));

    assertThat(facts.open()).isEmpty();
    assertThat(findings(evidence))
        .filteredOn(finding -> finding.kind() != Finding.Kind.NOTE)
        .isNotEmpty()
        .allMatch(f -> f.disposition() == Finding.Disposition.FIXED_BY_ROLLOUT);
    assertThat(evidence.keySet())
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

  @SuppressWarnings("unchecked")
  private static List<Finding> findings(Map<String, Object> evidence) {
    return (List<Finding>) evidence.get("findings");
  }
}
