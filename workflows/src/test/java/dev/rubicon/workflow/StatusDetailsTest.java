package dev.rubicon.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.machine.StoryStatus;
import dev.rubicon.machine.state.Story;
import dev.rubicon.message.Decision;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** However long a rollout runs, and however much people write. */
final class StatusDetailsTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  @Test
  void theyAreBounded() {
    var story =
        Story.rollout(new RolloutRequest("r-1", "prod", "b".repeat(64), "runbook", "alice"));
    var runs = new ArrayList<RolloutStatus.PhaseRun>();
    var decisions = new DecisionLog();
    for (int round = 1; round <= 300; round++) {
      runs.add(
          new RolloutStatus.PhaseRun(
              Phase.VERIFY,
              round,
              "done",
              NOW,
              Optional.of(NOW.plusSeconds(round)),
              "|".repeat(2_000)));
      var by = new Decision.By("p".repeat(200), "<img>".repeat(400), "run", NOW);
      decisions.refused(
          new Decision.Approve(Runbook.Gate.CUTOVER, "d".repeat(64), by),
          NOW,
          "APPROVER_IS_REQUESTER");
    }
    var status = StoryStatus.of(story, "run", NOW, Phase.VERIFY, runs);
    String markdown =
        StatusDetails.markdown(
            story, status, Optional.empty(), decisions, List.of("w".repeat(900)));
    assertThat(markdown.length()).isLessThan(60_000);
    assertThat(markdown)
        .contains("260 earlier ones are not shown", "280 earlier ones are not shown")
        .contains("| verify | 300 | done | 2026-03-01T12:00:00Z | PT5M |")
        .doesNotContain("<img", "||");
  }

  @Test
  void aSummaryIsOneLineOfAtMost200Bytes() {
    assertThat(SummaryText.of("one\n line\tof\u0000text ")).isEqualTo("one line of text");
    assertThat(SummaryText.of("a".repeat(200))).hasSize(200);
    assertThat(SummaryText.of("a".repeat(201))).isEqualTo("a".repeat(197) + "…");
    // Four bytes each, two characters each: none is cut in the middle.
    assertThat(SummaryText.of("😀".repeat(60))).isEqualTo("😀".repeat(49) + "…");
  }
}
