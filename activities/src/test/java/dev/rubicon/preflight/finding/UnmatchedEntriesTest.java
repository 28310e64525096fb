package dev.rubicon.preflight.finding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.bundle.RunbookText;
import dev.rubicon.finding.Finding;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Entries of findings and hazards that nothing matches are said: they accept nothing. */
class UnmatchedEntriesTest {
  @Test
  void whatMatchesNothingIsANote() {
    var runbook =
        RunbookText.read(
            """
            findings:
              - {match: "note:extra:*", disposition: accept, reason: seen}
              - {match: "missing:table:public.gone", disposition: accept, reason: left from before}
            hazards:
              - {hazard: "hazard:drop:*", reason: agreed}
              - {hazard: "hazard:client-write:*", reason: only a rehearsal can bring it}
            """,
            Map.of());
    Finding extra = MeasuredFindings.note("extra:table:public.more", "one that is there");

    assertThat(new Dispositions(runbook).unmatched(List.of(extra)))
        .extracting(Finding::id)
        .containsExactly(
            "note:unmatched:findings:missing:table:public.gone",
            "note:unmatched:hazards:hazard:drop:*");
  }
}
