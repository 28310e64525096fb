package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.message.RolloutStatus.Source;
import dev.rubicon.rollout.Phase;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.worker.WorkerProcess;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rollouts of different targets on one worker that can do little at a time. */
@Turn(4)
@Timeout(300)
@Tag("rollout")
final class SlotsTest {
  private static final List<String> TARGETS = List.of("one", "two", "three", "four", "five");

  private static CaseSite site;
  private static WorkerProcess worker;

  @BeforeAll
  static void start() throws SQLException {
    site = CaseSite.start(TARGETS, (_, text) -> text + "worker: {data-slots: 1, ddl-slots: 1}\n");
    try (Connection ledger = site.superuser("rubicon_ledger")) {
      PhasePin.prepare(ledger);
    }
    worker = WorkerProcess.start(site.config, false);
  }

  @AfterAll
  static void end() {
    worker.close();
    site.close();
  }

  @Test
  void whoeverWatchesTakesNothingFromWhoeverWorksAndWhoeverWaitsForASlotSaysSo() throws Exception {
    List<Case> watching = TARGETS.subList(0, 4).stream().map(SlotsTest::small).toList();
    try (Connection pin = site.superuser("rubicon_ledger")) {
      PhasePin.lock(pin, Phase.PREFLIGHT);
      watching.getFirst().launch();
      watching.getFirst().await("the only data slot to be taken", _ -> !live("one").isEmpty());
      watching.get(1).launch();
      watching
          .get(1)
          .await(
              "it to say that it waits",
              status ->
                  status.source() == Source.TEMPORAL
                      && live("two")
                          .equals("waits for a worker with a free slot on queue rubicon-data"));
    }
    watching.stream().skip(2).forEach(Case::launch);
    watching.forEach(rollout -> rollout.awaitRunning(Phase.WATCH));

    Case fifth = small("five");
    fifth.launch();
    fifth.awaitRunning(Phase.WATCH);
    assertThat(fifth.stage()).isEqualTo("CUT_OVER");
    assertThat(watching)
        .allSatisfy(rollout -> assertThat(rollout.status().phase()).isEqualTo(Phase.WATCH));
  }

  /**
   * What the phase of the target's rollout waits for, or its heartbeat's time; empty if neither.
   */
  private static String live(String target) {
    return site.rollouts.live(target).stream()
        .filter(activity -> activity.of(Phase.PREFLIGHT))
        .map(activity -> activity.waits().orElse(activity.seen().map(Object::toString).orElse("")))
        .findFirst()
        .orElse("");
  }

  /** Nobody is asked, nothing is rehearsed: seconds each. */
  private static Case small(String target) {
    return site.open(
        target,
        "small-auto",
        Map.of(
            "approvals: {gates: [cutover], self-approval: true}",
            "approvals: {gates: []}\nclone: {none: not what this is about}",
            "watch: {duration: 90s, every: 5s}",
            "watch: {duration: 30m, every: 5s}"));
  }
}
