package dev.rubicon.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.engine.KeptEvidence;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.finding.Finding;
import dev.rubicon.transition.Bench;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the section brings is in canonical and in expand, and nobody writes it a second time. */
@Tag("slow")
class PartitionFunctionsPlanTest {
  private static final String TABLE =
      "CREATE TABLE public.events (id int, at timestamptz, PRIMARY KEY (id, at)) PARTITION BY RANGE"
          + " (at);";

  @TempDir Path temp;

  @Test
  void theFunctionsAreMissingAndTheRolloutBringsThem() {
    var evidence = new KeptEvidence();
    var bench = new Bench("CREATE ROLE events_owner", TABLE);
    bench.run("ALTER TABLE public.events OWNER TO events_owner");
    try {
      var bundle =
          PreflightSamples.bundle(
              temp,
              TABLE,
              "SELECT 1;",
              "SELECT 1;",
              "partitions: [{relation: public.events, every: month, keep: 1 year}]\n");
      assertThat(bundle.migrations().keySet())
          .containsExactly(
              "U1__change.sql",
              "U2__partition_functions.sql",
              "V1__change.sql",
              "V2__partition_functions.sql");
      new Preflight(PreflightSamples.staging())
          .run(PreflightSamples.context(bundle, bench.target(), evidence));
      assertThat(evidence.get(EvidenceNames.FINDINGS))
          .filteredOn(finding -> finding.id().contains("function:public.events_"))
          .hasSize(3)
          .allSatisfy(
              finding ->
                  assertThat(finding.disposition())
                      .isEqualTo(Finding.Disposition.FIXED_BY_ROLLOUT));
      assertThat(evidence.get(EvidenceNames.FINDINGS)).filteredOn(Finding::blocks).isEmpty();
    } finally {
      bench.run("DROP OWNED BY events_owner", "DROP ROLE events_owner");
    }
  }
}
