package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.client.Rollouts;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.suite.Turn;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/**
 * Decisions while nobody works: their sender is told whether anything comes of them, and that is
 * what becomes of them.
 */
@Turn(4)
@Timeout(200)
@Tag("rollout")
final class RealDecisionsTest {
  private static final Duration IMPATIENCE = Duration.ofSeconds(2);

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
  void whatNobodyTakesUpIsNotCarriedOutLater() {
    String digest = real.launchToTheFirstGate().digest().orElseThrow();
    String rollout = real.status().rollout();
    Rollouts hasty = real.site.rollouts.waiting(IMPATIENCE);
    real.rest();

    notTakenUp(
        () ->
            hasty.approve(
                TestSite.TARGET, Runbook.Gate.EXPAND, digest, TestSite.BOB, "nobody hears it"),
        () -> hasty.signOff(TestSite.TARGET, "mapping-decided", TestSite.BOB, "nobody hears it"),
        () -> hasty.pause(TestSite.TARGET, TestSite.BOB, "nobody hears it"),
        () -> hasty.throttle(TestSite.TARGET, 1, TestSite.BOB, "nobody hears it"),
        () -> hasty.abort(TestSite.TARGET, TestSite.BOB, "nobody hears it"));

    real.work();
    // Decisions are heard in order: once this one is answered, none of the others is to come.
    RolloutStatus after = real.site.rollouts.throttle(TestSite.TARGET, 7, TestSite.ALICE, "heard");
    assertThat(after.waitingFor()).contains(Runbook.Gate.EXPAND);
    assertThat(after.digest()).contains(digest);
    assertThat(after.paused()).isFalse();
    assertThat(after.rowsPerSecond()).isEqualTo(7);
    var decisions = real.site.rollouts.ledger().decisions();
    assertThat(real.granted(rollout)).isEmpty();
    assertThat(decisions.signOffs(rollout)).isEmpty();
    assertThat(decisions.control(rollout).paused()).isFalse();
    assertThat(decisions.approvals(rollout))
        .as("whatever the server did offer was refused")
        .allSatisfy(refusal -> assertThat(refusal.code()).isEqualTo("DECISION_EXPIRED"));
    assertThat(real.stage()).isEqualTo("NOTHING");

    real.site.rollouts.throttle(TestSite.TARGET, 0, TestSite.ALICE, "full speed");
    real.site.signOffAll();
    real.site.approve(Runbook.Gate.EXPAND);
    real.site.awaitGate(Runbook.Gate.CUTOVER);
    real.cross();
    real.rest();
    notTakenUp(() -> hasty.rollback(TestSite.TARGET, TestSite.BOB, "nobody hears it"));
    real.work();
    RolloutStatus watching = real.site.rollouts.pause(TestSite.TARGET, TestSite.ALICE, "heard");
    assertThat(watching.phase()).isEqualTo(Phase.WATCH);
    assertThat(real.stage()).isEqualTo("CUT_OVER");
    real.site.rollouts.resume(TestSite.TARGET, TestSite.ALICE, "heard");
    real.clear();
  }

  @Test
  void whatWasTakenUpIsCarriedOutThoughItsWorkerDies() throws SQLException {
    String digest = real.launchToTheFirstGate().digest().orElseThrow();
    String rollout = real.status().rollout();
    Rollouts hasty = real.site.rollouts.waiting(Duration.ofSeconds(10));
    real.rest();
    try (var worker = WorkerJvm.start(real.site);
        var held = real.site.superuser("rubicon_ledger")) {
      // Who has answered once takes up what comes next, also on a busy machine.
      real.await("the worker", () -> real.status().source() == RolloutStatus.Source.TEMPORAL);
      held.setAutoCommit(false);
      try (var statement = held.createStatement()) {
        // What is decided is recorded first, and that waits here.
        statement.execute("LOCK TABLE rubicon_ledger.audit_entry IN ACCESS EXCLUSIVE MODE");
      }
      List<RubiconException> answers =
          atOnce(
              () -> hasty.pause(TestSite.TARGET, TestSite.BOB, "taken up"),
              () ->
                  hasty.approve(
                      TestSite.TARGET, Runbook.Gate.EXPAND, digest, TestSite.BOB, "taken up"),
              () -> hasty.signOff(TestSite.TARGET, "mapping-decided", TestSite.BOB, "taken up"));
      assertThat(answers)
          .allSatisfy(
              answer -> {
                assertThat(answer.code()).isEqualTo(ErrorCode.DECISION_UNDER_WAY);
                assertThat(answer.getMessage()).contains("taken up and will be carried out");
              });
      worker.kill();
      held.rollback();
    }
    assertThat(real.granted(rollout)).isEmpty();

    real.work();
    real.await(
        "the approval, the pause and the sign-off",
        () -> {
          RolloutStatus status = real.status();
          return status.paused() && status.waitingFor().isEmpty();
        });
    var decisions = real.site.rollouts.ledger().decisions();
    real.await("the sign-off", () -> decisions.signOffs(rollout).size() == 1);
    assertThat(real.granted(rollout)).containsExactly("expand");
    assertThat(decisions.control(rollout).paused()).isTrue();
    assertThat(real.stage()).as("nothing begins while it is paused").isEqualTo("NOTHING");
    real.site.rollouts.resume(TestSite.TARGET, TestSite.ALICE, "go on");
    real.site.awaitGate(Runbook.Gate.CUTOVER);
    real.clear();
  }

  /** At once, because each is waited for. */
  private static void notTakenUp(ThrowingCallable... decisions) {
    assertThat(atOnce(decisions))
        .hasSize(decisions.length)
        .allSatisfy(
            answer -> {
              assertThat(answer.code()).isEqualTo(ErrorCode.DECISION_NOT_TAKEN_UP);
              assertThat(answer.getMessage()).contains("nothing will be carried out later");
              assertThat(answer.next()).contains("rubicon worker");
            });
  }

  private static List<RubiconException> atOnce(ThrowingCallable... decisions) {
    try (var each = Executors.newVirtualThreadPerTaskExecutor()) {
      return Stream.of(decisions)
          .map(decision -> CompletableFuture.supplyAsync(() -> refusal(decision), each))
          .toList()
          .stream()
          .map(CompletableFuture::join)
          .toList();
    }
  }

  private static RubiconException refusal(ThrowingCallable decision) {
    try {
      decision.call();
    } catch (RubiconException e) {
      return e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
    throw new AssertionError("it was answered as if it had been carried out");
  }
}
