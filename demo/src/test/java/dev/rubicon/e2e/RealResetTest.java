package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.suite.Turn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/**
 * A Reset forgets what was decided behind its point: the server offers those decisions again, and
 * none is carried out; gates ask anew, and nothing crosses unasked.
 */
@Turn
@Timeout(300)
@Tag("rollout")
final class RealResetTest {
  private static RealSite real;
  private static Resets reset;

  @BeforeEach
  void start(TestInfo test) {
    RealSite.need(test);
    if (real == null) {
      real = RealSite.start();
      reset = new Resets(real);
    }
    real.begin();
  }

  /** Each run has its own history, and the trail what was decided in each. */
  @AfterEach
  void theTrailAndTheHistoriesAgree() {
    if (real == null) {
      return;
    }
    var result = real.site.verification();
    assertThat(result.breaks()).isEmpty();
    assertThat(result.unseen()).isEmpty();
  }

  @AfterAll
  static void end() {
    if (real != null) {
      real.close();
    }
  }

  @Test
  void atTheGateBeforeExpand() {
    var shown = new ArrayList<String>();
    String rollout = real.launchToTheFirstGate().rollout();
    shown.add(digest(Runbook.Gate.EXPAND));
    signOff("mapping-decided");
    real.site.rollouts.pause(TestSite.TARGET, TestSite.ALICE, "to be forgotten");

    assertThat(reset.to(reset.scheduling("AnchorAudit"))).containsExactly("signOff", "pause");
    asksAnew(Runbook.Gate.EXPAND, shown);
    assertThat(real.status().paused()).isFalse();
    RealSite.refused(
        ErrorCode.DIGEST_MISMATCH, () -> approve(Runbook.Gate.EXPAND, shown.getFirst()));

    // Approved, and held up by a sign-off that was given and forgotten.
    real.site.approve(Runbook.Gate.EXPAND);
    real.site.await(
        "the sign-off", RealSite.PATIENCE, s -> s.signOffs().contains("mapping-decided"));
    assertThat(real.stage()).isEqualTo("NOTHING");

    assertThat(reset.to(reset.behind("AnchorAudit"))).containsExactly("approve", "approve");
    asksAnew(Runbook.Gate.EXPAND, shown);
    signOff("mapping-decided");
    assertThat(real.stage()).as("the sign-off was all that it had waited for").isEqualTo("NOTHING");
    assertThat(real.status().waitingFor()).contains(Runbook.Gate.EXPAND);

    real.site.rollouts.abort(TestSite.TARGET, TestSite.ALICE, "to be forgotten");
    real.site.awaitOutcome(RolloutStatus.State.ABORTED, RealSite.PATIENCE);
    assertThat(reset.to(reset.behind("AnchorAudit"))).containsExactly("signOff", "abort");
    asksAnew(Runbook.Gate.EXPAND, shown);

    signOff("mapping-decided");
    real.site.approve(Runbook.Gate.EXPAND);
    asksAnew(Runbook.Gate.CUTOVER, shown);
    assertThat(reset.to(reset.scheduling("Expand"))).isEmpty();
    asksAnew(Runbook.Gate.CUTOVER, shown);
    assertThat(reset.to(reset.scheduling("Dossier"))).contains("signOff", "approve");
    asksAnew(Runbook.Gate.EXPAND, shown);
    assertThat(real.status().rollout()).isEqualTo(rollout);
    signOff("mapping-decided");
    real.site.approve(Runbook.Gate.EXPAND);
    asksAnew(Runbook.Gate.CUTOVER, shown);
    real.clear();
  }

  @Test
  void inTheBackfill() {
    var rollouts = real.site.rollouts;
    real.launchToTheFirstGate();
    real.site.signOffAll();
    rollouts.throttle(TestSite.TARGET, 50, TestSite.ALICE, "its middle is to be hit");
    real.site.approve(Runbook.Gate.EXPAND);
    real.site.await("the backfill", RealSite.PATIENCE, s -> s.phase() == Phase.BACKFILL);
    rollouts.pause(TestSite.TARGET, TestSite.ALICE, "to be forgotten");
    rollouts.throttle(TestSite.TARGET, 1, TestSite.ALICE, "to be forgotten");

    assertThat(reset.to(reset.scheduling("Backfill"))).containsExactly("pause", "throttle");
    RolloutStatus status = real.status();
    assertThat(status.paused()).isFalse();
    assertThat(status.rowsPerSecond()).isEqualTo(50);
    var told = rollouts.ledger().decisions().control(status.rollout());
    assertThat(told.paused()).as("what the backfill is told").isFalse();
    assertThat(told.rowsPerSecond()).isEqualTo(50);

    // A pause that was made before the point stays, and so does its end behind it not.
    rollouts.pause(TestSite.TARGET, TestSite.ALICE, "to stay");
    rollouts.resume(TestSite.TARGET, TestSite.ALICE, "to be forgotten");
    assertThat(reset.to(reset.behindDecision("pause"))).containsExactly("resume");
    assertThat(real.status().paused()).isTrue();
    assertThat(rollouts.ledger().decisions().control(status.rollout()).paused()).isTrue();

    rollouts.throttle(TestSite.TARGET, 0, TestSite.ALICE, "full speed");
    rollouts.resume(TestSite.TARGET, TestSite.ALICE, "go on");
    real.site.awaitGate(Runbook.Gate.CUTOVER);
    real.clear();
  }

  @Test
  void atTheGateBeforeTheCutoverAndBetweenItsApprovalAndTheCrossing() {
    var shown = new ArrayList<String>();
    real.launchToTheFirstGate();
    signOff("mapping-decided");
    real.site.approve(Runbook.Gate.EXPAND);
    asksAnew(Runbook.Gate.CUTOVER, shown);
    signOff("pqs-backfill-ticket");
    real.site.approve(Runbook.Gate.CUTOVER);
    real.site.await(
        "the sign-off", RealSite.PATIENCE, s -> s.signOffs().contains("stakeholders-informed"));

    assertThat(reset.to(reset.scheduling("AnchorAudit"))).containsExactly("signOff", "approve");
    asksAnew(Runbook.Gate.CUTOVER, shown);
    assertThat(reset.to(reset.behind("AnchorAudit"))).isEmpty();
    asksAnew(Runbook.Gate.CUTOVER, shown);
    RealSite.refused(
        ErrorCode.DIGEST_MISMATCH, () -> approve(Runbook.Gate.CUTOVER, shown.getFirst()));

    // The approval itself lies before the point, but it was given to another run.
    signOff("pqs-backfill-ticket");
    real.site.approve(Runbook.Gate.CUTOVER);
    real.site.await(
        "the sign-off", RealSite.PATIENCE, s -> s.signOffs().contains("stakeholders-informed"));
    real.site.rollouts.pause(TestSite.TARGET, TestSite.ALICE, "to be forgotten");
    assertThat(reset.to(reset.behindDecision("approve"))).containsExactly("pause");
    signOff("stakeholders-informed");
    asksAnew(Runbook.Gate.CUTOVER, shown);
    assertThat(real.status().voided()).isPresent();
    assertThat(real.stage()).isEqualTo("VERIFIED");

    // One that was taken up before the point, and recorded behind it.
    real.site.rollouts.pause(TestSite.TARGET, TestSite.ALICE, "not to cross yet");
    real.site.approve(Runbook.Gate.CUTOVER);
    assertThat(reset.to(reset.scheduling("RecordApproval"))).isEmpty();
    real.site.rollouts.resume(TestSite.TARGET, TestSite.ALICE, "go on");
    asksAnew(Runbook.Gate.CUTOVER, shown);
    assertThat(real.stage()).isEqualTo("VERIFIED");

    real.cross();
    assertThat(real.stage()).isEqualTo("CUT_OVER");
    real.clear();
  }

  @Test
  void behindTheCrossing() {
    var shown = new ArrayList<String>();
    real.launchToTheCutoverGate();
    asksAnew(Runbook.Gate.CUTOVER, shown);
    real.cross();
    // The target has crossed, the new run knows nothing of it, and asks.
    assertThat(reset.to(reset.scheduling("AnchorAudit"))).containsExactly("approve");
    asksAnew(Runbook.Gate.CUTOVER, shown);
    assertThat(real.stage()).isEqualTo("CUT_OVER");
    finishAtTheGate(shown);

    real.site.rollouts.extendWatch(
        TestSite.TARGET, Duration.ofDays(2), TestSite.ALICE, "to be forgotten");
    real.site.rollouts.pause(TestSite.TARGET, TestSite.ALICE, "to be forgotten");
    assertThat(reset.to(reset.scheduling("Watch"))).containsExactly("extendWatch", "pause");
    real.awaitWatch();
    assertThat(real.status().paused()).isFalse();

    real.site.rollouts.rollback(TestSite.TARGET, TestSite.BOB, "to be forgotten by the workflow");
    asksAnew(Runbook.Gate.CUTOVER, shown);
    assertThat(real.stage()).isEqualTo("ROLLED_BACK");
    // Back to where the cutover is scheduled: it was approved, then, and would cross again.
    assertThat(reset.to(reset.scheduling("Cutover"))).contains("rollback");
    asksAnew(Runbook.Gate.CUTOVER, shown);
    assertThat(real.stage()).isEqualTo("ROLLED_BACK");
    real.cross();

    // In the watch of a target that has gone back since: nothing crosses by itself.
    real.site.rollouts.rollback(TestSite.TARGET, TestSite.BOB, "to be forgotten by the workflow");
    asksAnew(Runbook.Gate.CUTOVER, shown);
    assertThat(reset.to(reset.scheduling("Watch"))).containsExactly("rollback");
    real.awaitWatch();
    assertThat(real.stage()).isEqualTo("ROLLED_BACK");
    real.site.rollouts.rollback(TestSite.TARGET, TestSite.BOB, "to where the target is");
    asksAnew(Runbook.Gate.CUTOVER, shown);

    // After the rollback, at the gate that it led to.
    real.site.approve(Runbook.Gate.CUTOVER);
    real.awaitWatch();
    real.site.rollouts.rollback(TestSite.TARGET, TestSite.BOB, "once more");
    asksAnew(Runbook.Gate.CUTOVER, shown);
    assertThat(reset.to(reset.behind("Rollback"))).isEmpty();
    asksAnew(Runbook.Gate.CUTOVER, shown);
    assertThat(real.stage()).isEqualTo("ROLLED_BACK");
    real.clear();
  }

  /** What waits there is approved; where the target had moved, what waits then. */
  private static void finishAtTheGate(List<String> shown) {
    try {
      real.site.approve(Runbook.Gate.CUTOVER);
    } catch (dev.rubicon.error.RubiconException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.TARGET_CHANGED);
      asksAnew(Runbook.Gate.CUTOVER, shown);
      real.site.approve(Runbook.Gate.CUTOVER);
    }
    real.awaitWatch();
    assertThat(real.stage()).isEqualTo("CUT_OVER");
  }

  private static String digest(Runbook.Gate gate) {
    return real.site.awaitGate(gate).digest().orElseThrow();
  }

  /** The gate shows what it has not shown before. */
  private static void asksAnew(Runbook.Gate gate, List<String> shown) {
    RolloutStatus asking =
        real.site.await(
            "a new question of gate " + gate,
            RealSite.PATIENCE,
            s ->
                s.waitingFor().filter(gate::equals).isPresent()
                    && !shown.contains(s.digest().orElseThrow()));
    shown.add(asking.digest().orElseThrow());
  }

  private static void approve(Runbook.Gate gate, String digest) {
    real.site.rollouts.approve(TestSite.TARGET, gate, digest, TestSite.BOB, "as it was shown");
  }

  private static void signOff(String item) {
    real.site.signOff(List.of(item));
  }
}
