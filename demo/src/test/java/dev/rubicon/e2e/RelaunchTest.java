package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.EmbeddedTemporal;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.up.TemporalChoice;
import dev.rubicon.worker.WorkerProcess;
import dev.rubicon.workflow.Attributes;
import dev.rubicon.workflow.RolloutWorkflow;
import io.temporal.client.WorkflowStub;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What Cancel, Terminate and a lost Temporal leave behind, each in the middle of the backfill: a
 * launch of the same bundle, right after, goes on or begins anew, and comes to the same end.
 */
@Turn(3)
@Tag("rollout")
@Timeout(400)
final class RelaunchTest {
  private static final int ROWS = 3_000;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @Test
  void whateverEndedTheOneBeforeALaunchRightAfterConverges() {
    try (var site = TestSite.start(ROWS, TemporalChoice.IN_PROCESS);
        var worker = WorkerProcess.start(site.config, false)) {
      assertThat(worker.url()).isEmpty();
      Path runbook = site.checksCanonical("2s");
      String baseline = site.fingerprint();

      String cancelled = toTheMiddleOfTheBackfill(site, runbook);
      assertThat(site.fingerprint()).isNotEqualTo(baseline);
      workflow(site).cancel();
      site.awaitOutcome(RolloutStatus.State.ABORTED, PATIENCE);
      assertThat(workflow(site).describe().getStatus().name()).endsWith("_CANCELED");
      nothingIsLeft(site, baseline);
      assertThat(ended(site, cancelled).outcome()).isEqualTo("aborted");

      // Three times: the moment between the ledger's end and Temporal's is a short one.
      for (int i = 0; i < 3; i++) {
        String aborted = site.launch(runbook).rollout();
        site.await(
            "its start", PATIENCE, s -> s.rollout().equals(aborted) && !s.phases().isEmpty());
        site.rollouts.abort(TestSite.TARGET, TestSite.ALICE, "to launch again at once");
        String next = site.launch(runbook).rollout();
        assertThat(ended(site, aborted).state()).isEqualTo("aborted");
        awaitEntered(site, next);
        workflow(site).terminate("the next one is to find it without an end");
      }
      nothingIsLeft(site, baseline);

      String terminated = toTheMiddleOfTheBackfill(site, runbook);
      workflow(site).terminate("to see that a relaunch converges");
      long copied = copied(site);
      assertThat(copied).isBetween(1L, ROWS - 1L);

      String forgotten = toTheMiddleOfTheBackfill(site, runbook);
      assertThat(ended(site, terminated).supersededBy()).contains(forgotten);
      assertThat(copied(site)).isBetween(copied, ROWS - 1L);

      try (var forgetful = afterItsHistoriesWereLost(site)) {
        assertThat(forgetful.address()).isEqualTo(site.config.temporal().address());
        assertThat(site.rollouts.status(TestSite.TARGET).rollout()).isEqualTo(forgotten);
        String last = site.launch(runbook).rollout();
        site.signOffsAndGate(Runbook.Gate.EXPAND);
        site.approve(Runbook.Gate.EXPAND);
        site.approve(Runbook.Gate.CUTOVER);
        site.awaitOutcome(RolloutStatus.State.COMPLETED, PATIENCE);
        assertThat(ended(site, forgotten).supersededBy()).contains(last);
        assertThat(ended(site, last).crossings()).isEqualTo(1);
        assertThat(copied(site)).as("no row was copied twice").isEqualTo(ROWS);
        assertThat(site.deployer.build()).isEqualTo("new");
        assertThat(site.ask("heretix", DIFFERENCES)).isEqualTo("0");
        assertThat(site.ask("heretix", "SELECT version_num FROM public.alembic_version"))
            .isEqualTo("b73c9aa4f0c3");
      }
    }
  }

  private static final String DIFFERENCES =
      """
      SELECT count(*) FROM public.checks
       WHERE claim IS DISTINCT FROM claim_text
          OR config_json IS DISTINCT FROM aggregation
          OR counts_by_template_json IS DISTINCT FROM diagnostics
      """;

  /** The limit is what makes the middle long enough to be hit. */
  private static String toTheMiddleOfTheBackfill(TestSite site, Path runbook) {
    long before = copied(site);
    String rollout = site.launch(runbook).rollout();
    site.signOffsAndGate(Runbook.Gate.EXPAND);
    site.rollouts.throttle(TestSite.TARGET, ROWS / 20, TestSite.ALICE, "its middle is to be hit");
    site.approve(Runbook.Gate.EXPAND);
    site.await(
        "the middle of the backfill",
        PATIENCE,
        s -> s.phase() == Phase.BACKFILL && copied(site) > before);
    assertThat(copied(site)).as("the backfill is not at its end").isLessThan(ROWS);
    return rollout;
  }

  /** Rows in batches that are committed, whoever's rollout committed them. */
  private static long copied(TestSite site) {
    return site.ask("heretix", "SELECT to_regclass('rubicon.backfill_batch') IS NULL").equals("t")
        ? 0
        : Long.parseLong(
            site.ask("heretix", "SELECT coalesce(sum(rows), 0) FROM rubicon.backfill_batch"));
  }

  private static EmbeddedTemporal afterItsHistoriesWereLost(TestSite site) {
    String address = site.config.temporal().address();
    site.stack.temporal().close();
    return EmbeddedTemporal.start(
        Integer.parseInt(address.substring(address.indexOf(':') + 1)), Attributes.NAMES);
  }

  private static void nothingIsLeft(TestSite site, String baseline) {
    assertThat(site.fingerprint()).isEqualTo(baseline);
    assertThat(site.ask("heretix", "SELECT to_regnamespace('rubicon') IS NULL")).isEqualTo("t");
  }

  private static void awaitEntered(TestSite site, String rollout) {
    site.await(
        "its entry",
        PATIENCE,
        s -> site.rollouts.ledger().latestFor(TestSite.TARGET).orElseThrow().id().equals(rollout));
  }

  private static LedgerRollout ended(TestSite site, String rollout) {
    LedgerRollout entry = site.rollouts.ledger().rollout(rollout);
    assertThat(entry.endedAt()).as(rollout + " has ended").isPresent();
    return entry;
  }

  private static WorkflowStub workflow(TestSite site) {
    return site.rollouts
        .temporal()
        .client()
        .newUntypedWorkflowStub(RolloutWorkflow.workflowId(TestSite.TARGET));
  }
}
