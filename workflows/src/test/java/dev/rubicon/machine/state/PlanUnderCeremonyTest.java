package dev.rubicon.machine.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.grade.Ceremony;
import dev.rubicon.grade.Grade;
import dev.rubicon.machine.Plans;
import dev.rubicon.message.Identity;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook.Gate;
import io.temporal.common.converter.DefaultDataConverter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What preflight found takes the place of what was opened, and is kept as long as it stands. */
final class PlanUnderCeremonyTest {
  /** No gate, the requester may approve, a watch. */
  private static final Plan OPENED = Plans.of(1 << 7);

  private static final Ceremony REVERSIBLE =
      new Ceremony(
          Grade.REVERSIBLE,
          List.of("both sides are kept in step"),
          List.of("expand", "cutover"),
          false,
          Duration.ofHours(2));

  @Test
  void gatesAndSecondPersonAreThoseOfTheCeremony() {
    Plan plan = known(OPENED).preflighted(facts(Optional.of(REVERSIBLE))).plan().orElseThrow();

    assertThat(plan.gates()).containsExactly(Gate.EXPAND, Gate.CUTOVER);
    assertThat(plan.selfApproval()).isFalse();
    assertThat(plan.watch()).isEqualTo(Duration.ofHours(2));
    assertThat(plan.phases()).contains(Phase.WATCH);
  }

  @Test
  void withoutAWatchThereIsNoPhaseForIt() {
    var quiet = new Ceremony(Grade.UNNOTICED, List.of(), List.of("expand"), true, Duration.ZERO);
    Plan plan = known(OPENED).preflighted(facts(Optional.of(quiet))).plan().orElseThrow();

    assertThat(plan.phases()).doesNotContain(Phase.WATCH);
    assertThat(plan.selfApproval()).isTrue();
    assertThat(
            known(plan).preflighted(facts(Optional.of(REVERSIBLE))).plan().orElseThrow().phases())
        .as("the next preflight finds more")
        .containsExactlyElementsOf(OPENED.phases());
  }

  /** A rollout that was under way before goes on as it was opened. */
  @Test
  void aHistoryOfBeforeHasNone() {
    var converter = DefaultDataConverter.newDefaultInstance();
    var old =
        Map.of(
            "serverVersion", "15",
            "fingerprint", "f",
            "canonicalFingerprint", "c",
            "findings", Map.of(),
            "open", List.of());
    Facts.Preflight read =
        converter.fromPayload(
            converter.toPayload(old).orElseThrow(), Facts.Preflight.class, Facts.Preflight.class);

    assertThat(read.ceremony()).isEmpty();
    assertThat(known(OPENED).preflighted(read).plan()).contains(OPENED);
  }

  @Test
  void aHistoryKeepsIt() {
    var converter = DefaultDataConverter.newDefaultInstance();
    Facts.Preflight facts = facts(Optional.of(REVERSIBLE));

    assertThat(
            converter.fromPayload(
                converter.toPayload(facts).orElseThrow(),
                Facts.Preflight.class,
                Facts.Preflight.class))
        .isEqualTo(facts);
  }

  private static Known known(Plan plan) {
    return Known.NOTHING.opened(plan, Optional.empty(), Identity.VERIFIED);
  }

  private static Facts.Preflight facts(Optional<Ceremony> ceremony) {
    return new Facts.Preflight("15", "f", "c", Map.of(), List.of(), List.of(), ceremony);
  }
}
