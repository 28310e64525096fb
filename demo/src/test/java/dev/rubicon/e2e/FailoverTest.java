package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.config.ConfigReader;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.message.RolloutStatus.State;
import dev.rubicon.message.RolloutStatus.Way;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.suite.LocalServer;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.worker.WorkerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/**
 * A standby that had not heard of everything is promoted under five rollouts. Each is held with
 * what was lost, wherever it stood, and the one command that is printed leads on.
 */
@Turn(2)
@Timeout(300)
@Tag("rollout")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@LocalServer("it makes standbys and promotes them")
final class FailoverTest {
  private static final List<String> TARGETS =
      List.of("lost_crossing", "lost_return", "lost_expand", "filling");

  private static final String SYNCED = "synced";
  private static final String TWO_WAYS = "two_ways";
  private static final String ANOTHER = "another_one";

  /** Asked before expand too, and watched for as long as the test needs. */
  private static final Map<String, String> WATCHED =
      Map.of(
          "duration: 90s, every: 5s", "duration: 20m, every: 1s",
          "gates: [cutover]", "gates: [expand, cutover]");

  private static CaseSite site;
  private static Pair pair;
  private static Pair synchronous;
  private static WorkerProcess worker;
  private static Case crossing;
  private static Case back;
  private static Case expand;
  private static Case filling;

  @BeforeAll
  static void failOver() {
    site =
        CaseSite.start(
            Stream.concat(TARGETS.stream(), Stream.of(SYNCED, TWO_WAYS, ANOTHER)).toList(),
            (stack, text) -> {
              pair = Pair.start(stack, stack.path("pair"), TARGETS);
              synchronous = Pair.start(stack, stack.path("synchronous"), List.of(SYNCED));
              return synchronous.config(stack, pair.config(stack, text));
            });
    pair.serve(site);
    synchronous.serve(site);
    worker = WorkerProcess.start(site.config, false);
    crossing = site.open("lost_crossing", "small-auto", WATCHED);
    back = site.open("lost_return", "small-auto", WATCHED);
    expand = site.open("lost_expand", "small-auto", WATCHED);
    filling = site.open("filling", "small-auto", WATCHED);
    List.of(crossing, back, expand, filling).forEach(Case::launch);

    List.of(crossing, back).forEach(c -> c.approve(Runbook.Gate.EXPAND));
    filling.awaitGate(Runbook.Gate.EXPAND);
    site.rollouts.throttle(filling.target, 20, CaseSite.BOB, "slowly");
    filling.approve(Runbook.Gate.EXPAND);
    back.approve(Runbook.Gate.CUTOVER);
    back.awaitRunning(Phase.WATCH);
    crossing.awaitGate(Runbook.Gate.CUTOVER);
    filling.awaitRunning(Phase.BACKFILL);
    expand.awaitGate(Runbook.Gate.EXPAND);
    pair.standby.awaitReplayed();
    pair.standby.cutOff();

    // What the standby never hears of.
    crossing.approve(Runbook.Gate.CUTOVER);
    expand.approve(Runbook.Gate.EXPAND);
    back.rollback();
    crossing.awaitRunning(Phase.WATCH);
    expand.awaitGate(Runbook.Gate.CUTOVER);
    back.awaitGate(Runbook.Gate.CUTOVER);
    pair.failOver(site);
  }

  @AfterAll
  static void end() {
    worker.close();
    pair.close();
    synchronous.close();
    site.close();
  }

  @Test
  @Order(1)
  void aWatchFindsThatTheCrossingIsLostAndItIsCrossedAgain() {
    assertThat(crossing.stage()).isEqualTo("VERIFIED");
    RolloutStatus held = crossing.awaitHeld(ErrorCode.TARGET_STATE_LOST);
    assertThat(held.held().orElseThrow().cause()).contains("does not know of the crossing");
    assertThat(held.held().orElseThrow().next()).startsWith("rubicon resume");
    assertThat(held.ways()).contains(Way.RESUME).doesNotContain(Way.ROLLBACK);
    assertThat(crossing.voided("cutover")).isEqualTo("1");
    var clients = new TwoDialects(site, crossing);
    clients.write();

    crossing.resume();
    crossing.awaitGate(Runbook.Gate.CUTOVER);
    assertThat(crossing.stage()).isEqualTo("VERIFIED");
    crossing.approve(Runbook.Gate.CUTOVER);
    crossing.awaitRunning(Phase.WATCH);
    assertThat(crossing.stage()).isEqualTo("CUT_OVER");
    clients.write();
    clients.stand();
  }

  @Test
  @Order(2)
  void aDecisionFindsThatTheRollbackIsLostAndItGoesBackAgain() {
    assertThat(back.stage()).isEqualTo("CUT_OVER");
    back.refused(ErrorCode.TARGET_STATE_LOST, back::abort);
    RolloutStatus held = back.awaitHeld(ErrorCode.TARGET_STATE_LOST);
    assertThat(held.held().orElseThrow().cause()).contains("does not know of the rollback");
    assertThat(held.held().orElseThrow().next()).startsWith("rubicon resume");
    assertThat(held.ways()).containsExactlyInAnyOrder(Way.RESUME, Way.ROLLBACK);
    assertThat(back.refusals()).isEqualTo("TARGET_STATE_LOST");

    back.resume();
    back.awaitGate(Runbook.Gate.CUTOVER);
    assertThat(back.stage()).isEqualTo("ROLLED_BACK");
    back.abort();
    back.awaitEnd(State.ABORTED);
    assertThat(back.installed()).isFalse();
  }

  @Test
  @Order(3)
  void anApprovalFindsThatNothingIsInstalledAnyMoreAndItIsPlannedAnew() {
    assertThat(expand.installed()).isFalse();
    String digest = expand.status().digest().orElseThrow();
    expand.refused(
        ErrorCode.TARGET_STATE_LOST,
        () ->
            site.rollouts.approve(
                expand.target, Runbook.Gate.CUTOVER, digest, CaseSite.BOB, "as it was"));
    RolloutStatus held = expand.awaitHeld(ErrorCode.TARGET_STATE_LOST);
    assertThat(held.held().orElseThrow().cause()).contains("nothing is installed");

    expand.resume();
    expand.approve(Runbook.Gate.EXPAND);
    expand.approve(Runbook.Gate.CUTOVER);
    expand.awaitRunning(Phase.WATCH);
    assertThat(expand.stage()).isEqualTo("CUT_OVER");
  }

  @Test
  @Order(4)
  void aBackfillGoesOnWhereTheStandbyKnowsItToBe() {
    site.rollouts.throttle(filling.target, 0, CaseSite.BOB, "no limit");
    filling.awaitGate(Runbook.Gate.CUTOVER);
    assertThat(filling.ask("SELECT count(*) FROM public.orders WHERE price IS NULL"))
        .isEqualTo("0");
    filling.abort();
    filling.awaitEnd(State.ABORTED);
  }

  /** Although the database says that commits need not wait for anything. */
  @Test
  @Order(5)
  void aSynchronousStandbyHasTheCrossing() {
    synchronous.standby.synchronous(true);
    Case synced = site.open(SYNCED, "small-auto", WATCHED);
    synced.execute("ALTER DATABASE " + SYNCED + " SET synchronous_commit = off");
    synced.launch();
    synced.approve(Runbook.Gate.EXPAND);
    synced.approve(Runbook.Gate.CUTOVER);
    synced.awaitRunning(Phase.WATCH);
    synchronous.failOver(site);

    assertThat(synced.stage()).isEqualTo("CUT_OVER");
    assertThat(
            synced.ledger(
                "SELECT facts ->> 'durability' FROM rubicon_ledger.phase_run"
                    + " WHERE phase = 'cutover' AND rollout = '%s'"))
        .contains("on a synchronous standby's (standby)");
    var clients = new TwoDialects(site, synced);
    clients.write();
    synced.rollback();
    synced.awaitGate(Runbook.Gate.CUTOVER);
    assertThat(synced.stage()).isEqualTo("ROLLED_BACK");
    clients.write();
    clients.stand();
  }

  /** Two workers whose configuration leads one name to two databases. */
  @Test
  @Order(6)
  void aWorkerThatIsLedToAnotherDatabaseTouchesNothing() throws IOException {
    Case planned = site.open(TWO_WAYS, "small-auto", WATCHED);
    site.open(ANOTHER, "small-auto", WATCHED);
    planned.launch();
    planned.awaitGate(Runbook.Gate.EXPAND);
    site.rollouts.throttle(TWO_WAYS, 20, CaseSite.BOB, "slowly");
    planned.approve(Runbook.Gate.EXPAND);
    planned.awaitRunning(Phase.BACKFILL);
    worker.close();
    try (WorkerProcess other = WorkerProcess.start(misled(), false)) {
      assertThat(other.url()).isEmpty();
      RolloutStatus held = planned.awaitHeld(ErrorCode.TARGET_NOT_THE_SAME);
      assertThat(held.held().orElseThrow().cause()).contains("nothing was touched");
      assertThat(held.ways()).containsExactly(Way.RESUME);
      planned.refused(ErrorCode.TARGET_NOT_THE_SAME, planned::abort);
      planned.refused(ErrorCode.TARGET_NOT_THE_SAME, planned::resume);
    }
    assertThat(site.ask(ANOTHER, "SELECT to_regnamespace('rubicon') IS NULL")).isEqualTo("t");
    worker = WorkerProcess.start(site.config, false);
    site.rollouts.throttle(TWO_WAYS, 0, CaseSite.BOB, "no limit");
    planned.resume();
    planned.awaitGate(Runbook.Gate.CUTOVER);
    planned.abort();
    planned.awaitEnd(State.ABORTED);
  }

  private static RubiconConfig misled() throws IOException {
    Path file = site.folder.resolve("misled.yaml");
    Files.writeString(
        file,
        Files.readString(site.configFile)
            .replace(
                site.stack.postgres().jdbcUrl(TWO_WAYS), site.stack.postgres().jdbcUrl(ANOTHER)));
    return ConfigReader.read(file, Map.of());
  }
}
