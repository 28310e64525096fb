package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rubicon.bundle.BundleStore;
import dev.rubicon.client.Json;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.message.RolloutStatus.State;
import dev.rubicon.message.RolloutStatus.Way;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.worker.WorkerProcess;
import dev.rubicon.workflow.ContractWorkflow;
import dev.rubicon.workflow.RolloutWorkflow;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/**
 * Rollouts that once got stuck, crossed unasked, or turned round for ever. Each ends where a human
 * is asked, and what is printed there leads on.
 */
@Turn(3)
@Timeout(300)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Tag("rollout")
final class WorkflowCasesTest {
  private static final Map<String, String> AS_IS = Map.of();
  private static final String BEYOND = "PT2562047788015215H30M7S";
  private static final String TELL_PEOPLE = "tell-people";

  private static CaseSite site;
  private static WorkerProcess worker;
  private static Case window;
  private static Instant windowEnds;
  private static RolloutStatus approvedInTheWindow;

  @BeforeAll
  static void start() {
    site =
        CaseSite.start(
            List.of("windowed", "looping", "budgeted", "decided", "cancelled", "raw"),
            (stack, text) -> text);
    worker = WorkerProcess.start(site.config, true);
  }

  @AfterAll
  static void end() {
    worker.close();
    site.close();
  }

  /** The other cases run while its time goes by. */
  @Test
  @Order(1)
  void anApprovalInsideTheWindowCountsAsLongAsItIsOpen() {
    // Time enough to come to the gate, on a slow machine, too.
    windowEnds = Instant.now().plusSeconds(120).truncatedTo(ChronoUnit.MINUTES);
    window =
        site.open(
            "windowed",
            "window",
            Map.of(
                "window: {from: \"11:49\", to: \"11:55\"}",
                "window: {from: \"%s\", to: \"%s\", zone: UTC}"
                    .formatted(time(Instant.now().minusSeconds(60)), time(windowEnds))));
    window.launch();
    approvedInTheWindow = window.awaitGate(Runbook.Gate.CUTOVER);
    window.approve(Runbook.Gate.CUTOVER);
    assertThat(Instant.now()).isBefore(windowEnds);
    RolloutStatus due = window.status();
    assertThat(due.signOffs()).containsExactly(TELL_PEOPLE);
    assertThat(due.voided()).isEmpty();
  }

  private static LocalTime time(Instant at) {
    return at.atZone(ZoneOffset.UTC).toLocalTime().truncatedTo(ChronoUnit.MINUTES);
  }

  @Test
  @Order(2)
  void aSmokeCheckThatAlwaysFailsTurnsItRoundOnceAndThenAHumanIsAsked() {
    Case loop = site.open("looping", "loop", AS_IS);
    String before = loop.fingerprint();
    loop.launch();
    loop.approve(Runbook.Gate.EXPAND);

    loop.awaitHeld(ErrorCode.ROLLED_BACK);
    assertThat(loop.done(Phase.CUTOVER)).isOne();
    assertThat(loop.done(Phase.ROLLBACK)).isOne();
    assertThat(loop.audited("actor = 'rubicon' AND action = 'rollback'")).isOne();
    assertThat(loop.stage()).isEqualTo("ROLLED_BACK");

    loop.resume();
    RolloutStatus again = loop.awaitHeld(ErrorCode.SMOKE_CHECK_FAILED);
    assertThat(again.held().orElseThrow().cause()).contains("the one automatic rollback");
    assertThat(again.ways()).contains(Way.ROLLBACK, Way.RESUME).doesNotContain(Way.ABORT);
    assertThat(loop.done(Phase.CUTOVER)).isEqualTo(2);
    assertThat(loop.done(Phase.ROLLBACK)).as("no second one by itself").isOne();
    assertThat(loop.stage()).isEqualTo("CUT_OVER");
    loop.refused(ErrorCode.ABORT_IMPOSSIBLE, loop::abort);

    loop.rollback();
    loop.awaitHeld(ErrorCode.ROLLED_BACK);
    assertThat(loop.done(Phase.CUTOVER)).isEqualTo(2);
    assertThat(loop.done(Phase.ROLLBACK)).isEqualTo(2);
    loop.abort();
    loop.awaitEnd(State.ABORTED);
    assertThat(loop.installed()).isFalse();
    assertThat(loop.fingerprint()).isEqualTo(before);
  }

  @Test
  @Order(3)
  void aRollbackThatDoesNotGetItsLockIsHeldAndLosesNothing() throws SQLException {
    Case orders = site.open("budgeted", "rollback-budget", AS_IS);
    orders.launch();
    orders.approve(Runbook.Gate.CUTOVER);
    orders.awaitRunning(Phase.WATCH);
    var clients = new TwoDialects(site, orders);
    clients.write();

    try (Connection reader = orders.reader("public.orders")) {
      assertThat(reader.getAutoCommit()).isFalse();
      orders.rollback();
      for (int held = 1; held <= 2; held++) {
        RolloutStatus status = orders.awaitHeld(ErrorCode.CUTOVER_BUDGET_SPENT);
        assertThat(status.ways()).contains(Way.RESUME);
        assertThat(orders.stage()).isEqualTo("CUT_OVER");
        assertThat(runs(status, Phase.ROLLBACK)).as(status.toString()).isEqualTo(held);
        clients.write();
        if (held == 1) {
          orders.resume();
          orders.await("the second attempt", s -> runs(s, Phase.ROLLBACK) == 2);
        }
      }
    }
    orders.resume();
    orders.awaitGate(Runbook.Gate.CUTOVER);
    assertThat(orders.stage()).isEqualTo("ROLLED_BACK");
    assertThat(orders.done(Phase.ROLLBACK)).isOne();
    clients.write();
    clients.stand();
  }

  private static long runs(RolloutStatus status, Phase phase) {
    return status.phases().stream().filter(run -> run.phase() == phase).count();
  }

  @Test
  @Order(4)
  void decisionsAtWrongMomentsAreRefusedAndAPausedCutoverDoesNotCross() throws Exception {
    Case orders = site.open("decided", "small", AS_IS);
    orders.launch();
    String digest = orders.awaitGate(Runbook.Gate.EXPAND).digest().orElseThrow();
    orders.refused(
        ErrorCode.APPROVER_IS_REQUESTER,
        () ->
            site.rollouts.approve(
                orders.target, Runbook.Gate.EXPAND, digest, CaseSite.ALICE, "my own"));
    orders.refused(ErrorCode.ROLLBACK_IMPOSSIBLE, orders::rollback);
    orders.refused(ErrorCode.ORDER_IMPOSSIBLE, orders::resume);
    orders.refused(ErrorCode.SIGN_OFF_UNKNOWN, () -> orders.signOff("nobody-knows"));
    absurdExtensionsAreRefused(orders);
    orders.approve(Runbook.Gate.EXPAND);
    orders.refused(
        ErrorCode.GATE_NOT_OPEN,
        () ->
            site.rollouts.approve(
                orders.target, Runbook.Gate.EXPAND, digest, CaseSite.BOB, "once more"));

    orders.awaitGate(Runbook.Gate.CUTOVER);
    orders.refused(
        ErrorCode.ORDER_IMPOSSIBLE,
        () -> site.rollouts.throttle(orders.target, 10, CaseSite.BOB, "too late"));
    orders.signOff(TELL_PEOPLE);
    orders.refused(ErrorCode.ORDER_IMPOSSIBLE, () -> orders.signOff(TELL_PEOPLE));
    pausedWhileItWaitsForItsLock(orders);

    orders.refused(ErrorCode.ABORT_IMPOSSIBLE, orders::abort);
    orders.refused(ErrorCode.ORDER_IMPOSSIBLE, orders::resume);
    assertThat(orders.refusals().split(" "))
        .containsExactly(
            "APPROVER_IS_REQUESTER",
            "ROLLBACK_IMPOSSIBLE",
            "ORDER_IMPOSSIBLE",
            "SIGN_OFF_UNKNOWN",
            "GATE_NOT_OPEN",
            "ORDER_IMPOSSIBLE",
            "ORDER_IMPOSSIBLE",
            "ABORT_IMPOSSIBLE",
            "ORDER_IMPOSSIBLE");
  }

  private static void pausedWhileItWaitsForItsLock(Case orders) throws SQLException {
    try (Connection reader = orders.reader("public.orders")) {
      assertThat(reader.getAutoCommit()).isFalse();
      orders.approve(Runbook.Gate.CUTOVER);
      orders.await("the cutover to wait for its lock", _ -> waiting(orders));
      orders.pause();
      assertThat(orders.status().paused()).isTrue();
      // A backend is there for a moment after its client has gone.
      orders.await(
          "nobody to be left who could cross", _ -> orders.sessions(Phase.CUTOVER).equals("0"));
    }
    assertThat(orders.stage()).isEqualTo("VERIFIED");
    assertThat(orders.done(Phase.CUTOVER)).isZero();
    long verified = runs(orders.status(), Phase.VERIFY);
    orders.resume();
    RolloutStatus crossed = orders.awaitRunning(Phase.WATCH);
    assertThat(runs(crossed, Phase.VERIFY)).as("verified again").isEqualTo(verified + 1);
    assertThat(runs(crossed, Phase.CUTOVER)).isEqualTo(2);
    assertThat(orders.done(Phase.CUTOVER)).isOne();
    assertThat(orders.stage()).isEqualTo("CUT_OVER");
  }

  private static boolean waiting(Case orders) {
    return !orders
        .ask(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock' AND"
                + " relation = 'public.orders'::regclass")
        .equals("0");
  }

  /** By the API, as whoever did it; and past it, where only the workflow itself can refuse. */
  private static void absurdExtensionsAreRefused(Case orders) throws Exception {
    int entries = orders.audited("true");
    var raw = new RawUpdates(orders, RolloutWorkflow.workflowId(orders.target));
    try (var client = HttpClient.newHttpClient()) {
      for (int i = 0; i < 2; i++) {
        HttpResponse<String> answer =
            client.send(
                HttpRequest.newBuilder(
                        URI.create(
                            worker.url().orElseThrow()
                                + "/targets/"
                                + orders.target
                                + "/extend-watch"))
                    .header("Content-Type", "application/json")
                    .POST(
                        HttpRequest.BodyPublishers.ofString(
                            "{\"by\":\"" + BEYOND + "\",\"reason\":\"x\"}"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(json(answer).path("code").asText()).isEqualTo("USAGE");
        raw.isRejected("extendWatch", Map.of("extension", BEYOND));
        raw.isRejected("extendWatch", Map.of("extension", "-" + BEYOND));
      }
    }
    orders.refused(
        ErrorCode.USAGE,
        () ->
            site.rollouts.extendWatch(
                orders.target, Duration.ofDays(100_000), CaseSite.BOB, "for ever"));
    assertThat(orders.audited("true")).as("nothing was recorded").isEqualTo(entries);
  }

  private static JsonNode json(HttpResponse<String> answer) throws IOException {
    return Json.mapper().readTree(answer.body());
  }

  @Test
  @Order(5)
  void anAbortThatAForeignViewHoldsUpIsHeldAndEveryPrintedWayLeadsOut() {
    Case people =
        site.open("cancelled", "loop", Map.of("gates: [expand]", "gates: [expand, cutover]"));
    String before = people.fingerprint();
    for (Way way : List.of(Way.ABORT, Way.RESUME)) {
      people.launch();
      people.approve(Runbook.Gate.EXPAND);
      people.awaitGate(Runbook.Gate.CUTOVER);
      people.execute("CREATE VIEW public.by_hand AS SELECT name FROM public.people");
      people.execute("ALTER TABLE public.people ADD COLUMN by_hand integer");
      people.workflow().cancel();

      RolloutStatus held = people.awaitHeld(ErrorCode.TARGET_CHANGED);
      assertThat(held.ways()).containsExactlyInAnyOrder(Way.ABORT, Way.RESUME);
      assertThat(people.installed()).as("its memory stays until all is well").isTrue();
      go(people, way);
      people.await("another attempt", s -> runs(s, Phase.ABORT) == 2);
      people.awaitHeld(ErrorCode.TARGET_CHANGED);

      people.execute("DROP VIEW public.by_hand");
      go(people, way);
      people.awaitEnd(State.ABORTED);
      assertThat(people.installed()).isFalse();
      people.execute("ALTER TABLE public.people DROP COLUMN by_hand");
      assertThat(people.fingerprint()).isEqualTo(before);
    }
  }

  private static void go(Case subject, Way way) {
    switch (way) {
      case ABORT -> subject.abort();
      case RESUME -> subject.resume();
      default -> throw new IllegalArgumentException(way.name());
    }
  }

  @Test
  @Order(6)
  void malformedUpdatesAreRejectedAndBreakNothing() {
    Case orders =
        site.open(
            "raw",
            "small-auto",
            Map.of(
                "duration: 90s, every: 5s",
                "duration: 1s, every: 1s",
                "gates: [cutover]",
                "gates: [cutover, contract]"));
    orders.launch();
    orders.awaitGate(Runbook.Gate.CUTOVER);
    new RawUpdates(orders, RolloutWorkflow.workflowId(orders.target))
        .areRejected(RolloutWorkflow.class);
    orders.approve(Runbook.Gate.CUTOVER);
    orders.awaitEnd(State.COMPLETED);

    try (ObjectStore store = ObjectStore.open(site.config.objectStore())) {
      site.rollouts.contract(new BundleStore(store), orders.target, CaseSite.ALICE);
    }
    orders.awaitContract();
    new RawUpdates(orders, ContractWorkflow.workflowId(orders.target))
        .areRejected(ContractWorkflow.class);
    orders.approve(Runbook.Gate.CONTRACT);
    orders.awaitContracted();
    assertThat(orders.installed()).isFalse();
  }

  @Test
  @Order(7)
  void noCrossingAfterTheWindowsEnd() {
    RolloutStatus asked =
        window.await("the gate to ask anew", s -> s.waitingFor().isPresent() && s.round() == 2);
    assertThat(Instant.now()).isAfter(windowEnds);
    window.signOff(TELL_PEOPLE);
    assertThat(asked.voided()).contains("the window ended before the crossing");
    assertThat(asked.digest()).isNotEqualTo(approvedInTheWindow.digest());
    assertThat(
            window.ledger(
                "SELECT string_agg(void_reason, ';') FROM rubicon_ledger.approval"
                    + " WHERE granted AND gate = 'cutover' AND rollout = '%s'"))
        .isEqualTo("the window ended before the crossing");
    window.refused(
        ErrorCode.DIGEST_MISMATCH,
        () ->
            site.rollouts.approve(
                window.target,
                Runbook.Gate.CUTOVER,
                approvedInTheWindow.digest().orElseThrow(),
                CaseSite.BOB,
                "as it was"));
    // Approved anew it waits for the next opening: tomorrow's.
    window.approve(Runbook.Gate.CUTOVER);
    RolloutStatus waits = window.await("the next window", s -> s.windowOpens().isPresent());
    assertThat(waits.windowOpens().orElseThrow()).isAfter(windowEnds);
    assertThat(window.stage()).isEqualTo("VERIFIED");
    assertThat(window.done(Phase.CUTOVER)).isZero();
    window.abort();
    window.awaitEnd(State.ABORTED);
  }
}
