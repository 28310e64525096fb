package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.client.status.TargetStatus;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.suite.Turn;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/**
 * Cancel and Terminate at each boundary of phases: what is left on the target, what people are
 * told, and that a launch of the same bundle leads on from there.
 */
@Turn
@Timeout(200)
@Tag("rollout")
final class RealEndingsTest {
  private static RealSite real;

  @BeforeEach
  void start(TestInfo test) {
    RealSite.need(test);
    if (real == null) {
      real = RealSite.start();
    }
    real.begin();
  }

  @AfterAll
  static void end() {
    if (real != null) {
      real.close();
    }
  }

  @Test
  void cancelBeforeTheCrossingRemovesEverything() throws SQLException {
    real.launchToTheFirstGate();
    cancel();
    real.nothingIsLeft();

    toTheMiddleOfTheBackfill();
    cancel();
    real.nothingIsLeft();

    real.launchToTheCutoverGate();
    cancel();
    real.nothingIsLeft();

    real.launchToTheCutoverGate();
    try (Connection client = holdUpTheCrossing()) {
      real.workflow().cancel();
      real.site.await("the removal", RealSite.PATIENCE, s -> s.phase() == Phase.ABORT);
      client.rollback();
    }
    ended();
    real.nothingIsLeft();
  }

  @Test
  void cancelBehindTheCrossingLeavesCanonicalTheAuthority() {
    real.launchToTheCutoverGate();
    real.cross();
    String canonical = real.site.fingerprint();
    cancel();
    assertThat(real.stage()).isEqualTo("CUT_OVER");
    assertThat(real.site.fingerprint()).isEqualTo(canonical);
    assertThat(real.site.deployer.build()).isEqualTo("new");
    real.bothSidesAreInStep();

    real.launch();
    real.awaitWatch();
    real.site.rollouts.rollback(TestSite.TARGET, TestSite.BOB, "possible again");
    real.site.awaitGate(Runbook.Gate.CUTOVER);
    assertThat(real.site.deployer.build()).isEqualTo("old");
    real.bothSidesAreInStep();
    cancel();
    real.nothingIsLeft();
  }

  @Test
  void terminateLeavesWhatIsInstalledInStepAndARelaunchConverges() throws SQLException {
    real.launchToTheFirstGate();
    terminate();
    real.nothingIsLeft();

    toTheMiddleOfTheBackfill();
    terminate();
    assertThat(real.stage()).isEqualTo("DUAL_WRITING");
    real.bothSidesAreInStep();

    real.launchToTheCutoverGate();
    terminate();
    assertThat(real.stage()).isEqualTo("VERIFIED");
    real.bothSidesAreInStep();

    real.launchToTheCutoverGate();
    try (Connection client = holdUpTheCrossing()) {
      terminate();
      real.await("the end of what was terminated", () -> crossing().equals("0"));
      client.rollback();
    }
    assertThat(real.stage()).as("nobody crosses after the end").isEqualTo("VERIFIED");
    real.bothSidesAreInStep();

    real.launchToTheCutoverGate();
    real.cross();
    terminate();
    assertThat(real.stage()).isEqualTo("CUT_OVER");
    real.bothSidesAreInStep();

    real.launch();
    real.awaitWatch();
    real.clear();
  }

  /** The limit is what makes the middle long enough to be hit. */
  private static void toTheMiddleOfTheBackfill() {
    real.launchToTheFirstGate();
    real.site.signOffAll();
    real.site.rollouts.throttle(TestSite.TARGET, 50, TestSite.ALICE, "its middle is to be hit");
    real.site.approve(Runbook.Gate.EXPAND);
    real.site.await("the backfill", RealSite.PATIENCE, s -> s.phase() == Phase.BACKFILL);
    real.await(
        "its first batch",
        () ->
            real.site
                .ask("heretix", "SELECT count(*) > 0 FROM rubicon.backfill_batch")
                .equals("t"));
  }

  /** A client reads and does not end its transaction: the cutover waits for its lock. */
  private static Connection holdUpTheCrossing() throws SQLException {
    Connection client = real.site.superuser("heretix");
    client.setAutoCommit(false);
    try (var statement = client.createStatement()) {
      statement.execute("LOCK TABLE public.checks IN ACCESS SHARE MODE");
    }
    real.site.approve(Runbook.Gate.CUTOVER);
    real.site.await("the crossing", RealSite.PATIENCE, s -> s.phase() == Phase.CUTOVER);
    real.await("its session", () -> !crossing().equals("0"));
    return client;
  }

  private static String crossing() {
    return real.site.ask(
        "heretix",
        "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'rubicon%cutover%'");
  }

  private static void cancel() {
    real.workflow().cancel();
    ended();
  }

  private static void ended() {
    real.site.awaitOutcome(RolloutStatus.State.ABORTED, RealSite.PATIENCE);
    assertThat(real.workflow().describe().getStatus())
        .isEqualTo(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CANCELED);
  }

  private static void terminate() {
    String rollout = real.status().rollout();
    real.workflow().terminate("to see what is left");
    TargetStatus targetStatus = real.site.rollouts.targetStatus(TestSite.TARGET);
    RolloutStatus status = targetStatus.status();
    assertThat(status.state()).isEqualTo(RolloutStatus.State.TERMINATED);
    assertThat(status.rollout()).isEqualTo(rollout);
    assertThat(status.waitingFor()).isEmpty();
    assertThat(status.held().orElseThrow().code()).isEqualTo("ROLLOUT_TERMINATED");
    assertThat(status.held().orElseThrow().next()).contains("launched again");
    assertThat(targetStatus.next()).containsExactly("rubicon launch --target prod --runbook DIR");
    assertThat(targetStatus.toString())
        .doesNotContain("Exception", "SEARCH_ATTRIBUTE", "io.temporal");
    assertThat(real.site.rollouts.rollout(rollout).state()).isEqualTo("terminated");
  }
}
