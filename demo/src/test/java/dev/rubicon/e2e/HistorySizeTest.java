package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.client.Launch;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.up.TemporalChoice;
import dev.rubicon.worker.WorkerProcess;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What Temporal keeps of a rollout does not grow with the rows. A million of them takes minutes and
 * is for {@code -Drubicon.long=true}.
 */
@Turn(3)
@Tag("rollout")
@Timeout(1_200)
final class HistorySizeTest {
  private static final int FEW = 10_000;
  private static final int MANY = Boolean.getBoolean("rubicon.long") ? 1_000_000 : 100_000;

  @Test
  void manyRowsGiveAsManyEventsAsFew() {
    Map<EventType, Long> few = events(FEW);
    Map<EventType, Long> many = events(MANY);
    assertThat(few).containsKey(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED);
    assertThat(few.get(EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED)).isGreaterThan(20);
    assertThat(many).isEqualTo(few);
  }

  /**
   * Workflow tasks are left out, three events each: how many answers of activities and humans one
   * of them takes up depends on when they arrive, not on rows.
   */
  private static Map<EventType, Long> events(int rows) {
    try (var site = TestSite.start(rows, TemporalChoice.IN_PROCESS);
        var worker = WorkerProcess.start(site.config, false)) {
      assertThat(worker.url()).isEmpty();
      Launch launch = site.launch(site.checksCanonical("2s"));
      site.signOffsAndGate(Runbook.Gate.EXPAND);
      site.approve(Runbook.Gate.EXPAND);
      site.await(
          "gate cutover",
          Duration.ofMinutes(8),
          s -> s.waitingFor().filter(Runbook.Gate.CUTOVER::equals).isPresent());
      site.approve(Runbook.Gate.CUTOVER);
      site.awaitOutcome(RolloutStatus.State.COMPLETED, Duration.ofMinutes(8));
      assertThat(
              site.ask("heretix", "SELECT sum(rows) >= " + rows + " FROM rubicon.backfill_batch"))
          .isEqualTo("t");
      var history =
          site.rollouts.temporal().client().fetchHistory(launch.workflowId(), launch.runId());
      var counted = new TreeMap<EventType, Long>();
      for (HistoryEvent event : history.getHistory().getEventsList()) {
        if (!event.getEventType().name().contains("WORKFLOW_TASK")) {
          counted.merge(event.getEventType(), 1L, Long::sum);
        }
      }
      System.out.println(
          "HistorySizeTest: %,d rows, %d events, of them by type %s"
              .formatted(rows, history.getHistory().getEventsCount(), counted));
      return counted;
    }
  }
}
