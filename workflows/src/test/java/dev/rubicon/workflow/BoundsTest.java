package dev.rubicon.workflow;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.message.Decision;
import dev.rubicon.runbook.Runbook;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class BoundsTest {
  private static final Decision.By BY = by("bob", "because");

  private static Decision.By by(String principal, String reason) {
    return new Decision.By(principal, reason, "run", Instant.EPOCH);
  }

  static List<Decision> withinBounds() {
    return List.of(
        new Decision.Approve(Runbook.Gate.CUTOVER, "0123456789abcdef".repeat(4), BY),
        new Decision.SignOff("i".repeat(100), BY),
        new Decision.Pause(by("p".repeat(200), "r".repeat(2048))),
        new Decision.Resume(by("bob", "ü".repeat(1024))),
        new Decision.Throttle(0, BY),
        new Decision.Throttle(1_000_000_000, BY),
        new Decision.Abort(BY),
        new Decision.Rollback(List.of(), BY),
        new Decision.Rollback(Collections.nCopies(100, "public.orders"), BY),
        new Decision.ExtendWatch(Duration.ofDays(30), BY));
  }

  @ParameterizedTest
  @MethodSource("withinBounds")
  void isTaken(Decision decision) {
    assertThatCode(() -> Bounds.check(decision)).doesNotThrowAnyException();
  }

  static List<Decision> outOfBounds() {
    return List.of(
        new Decision.Approve(null, "0".repeat(64), BY),
        new Decision.Approve(Runbook.Gate.CUTOVER, null, BY),
        new Decision.Approve(Runbook.Gate.CUTOVER, "0".repeat(63), BY),
        new Decision.Approve(Runbook.Gate.CUTOVER, "G".repeat(64), BY),
        new Decision.Approve(Runbook.Gate.CUTOVER, "0".repeat(64), null),
        new Decision.SignOff(null, BY),
        new Decision.SignOff(" ", BY),
        new Decision.SignOff("i".repeat(101), BY),
        new Decision.Pause(by(null, "because")),
        new Decision.Pause(by("p".repeat(201), "because")),
        new Decision.Pause(by("bob", null)),
        new Decision.Pause(by("bob", "")),
        new Decision.Pause(by("bob", "r".repeat(2049))),
        new Decision.Resume(by("bob", "ü".repeat(1025))),
        new Decision.Resume(new Decision.By("bob", "because", null, Instant.EPOCH)),
        new Decision.Resume(new Decision.By("bob", "because", "run", null)),
        new Decision.Throttle(-1, BY),
        new Decision.Throttle(Long.MAX_VALUE, BY),
        new Decision.Rollback(null, BY),
        new Decision.Rollback(Collections.nCopies(101, "public.orders"), BY),
        new Decision.Rollback(List.of("r".repeat(141)), BY),
        new Decision.ExtendWatch(null, BY),
        new Decision.ExtendWatch(Duration.ZERO, BY),
        new Decision.ExtendWatch(Duration.ofSeconds(-1), BY),
        new Decision.ExtendWatch(Duration.ofDays(30).plusNanos(1), BY),
        new Decision.ExtendWatch(Duration.ofSeconds(Long.MAX_VALUE), BY));
  }

  @ParameterizedTest
  @MethodSource("outOfBounds")
  void isRefusedWithACode(Decision decision) {
    assertThatThrownBy(() -> Bounds.check(decision))
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure ->
                org.assertj.core.api.Assertions.assertThat(failure.getType()).isEqualTo("USAGE"));
  }

  @Test
  void nothingIsNoDecision() {
    assertThatThrownBy(() -> Bounds.check(null)).isInstanceOf(ApplicationFailure.class);
  }
}
