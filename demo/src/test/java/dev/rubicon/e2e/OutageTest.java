package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rubicon.cli.Answer;
import dev.rubicon.client.Json;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.message.RolloutResult;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.message.RolloutStatus.State;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.FaultProxy;
import dev.rubicon.stack.FaultProxy.Fault;
import dev.rubicon.stack.TcpGate;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.worker.WorkerProcess;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Ledger and object store go away in each phase from expand on. The execution never ends while
 * something is installed; it goes on by itself, or by the way that is printed; status always
 * answers.
 */
@Turn(4)
@Timeout(1_800)
@Tag("rollout")
final class OutageTest {
  /** With {@code -Drubicon.long=true} a minute each time. */
  private static final Duration OUTAGE =
      Boolean.getBoolean("rubicon.long") ? Duration.ofMinutes(1) : Duration.ofSeconds(2);

  private static final List<Connection> PINS = new ArrayList<>();

  private static CaseSite site;
  private static TcpGate ledger;
  private static TcpGate s3;
  private static FaultProxy answers;
  private static WorkerProcess worker;

  /** How the object store is away. */
  private enum Store {
    /** As with credentials that are no longer valid: no retry helps, a human is asked. */
    DENIES,
    /** It does not answer: retries go on by themselves. */
    AWAY
  }

  @BeforeAll
  static void start() throws SQLException {
    site =
        CaseSite.start(
            List.of("everywhere", "at_its_end"),
            (stack, text) -> {
              ledger = TcpGate.before(stack.postgres().port());
              answers = FaultProxy.before(stack.s3().endpoint());
              s3 = TcpGate.before(answers.endpoint().getPort());
              String url = stack.postgres().jdbcUrl("rubicon_ledger");
              return text.replace(
                      url, url.replace(":" + stack.postgres().port(), ":" + ledger.port()))
                  .replace(stack.s3().endpoint().toString(), "http://127.0.0.1:" + s3.port());
            });
    assertThat(site.config.ledger().url()).contains(":" + ledger.port());
    try (Connection connection = site.superuser("rubicon_ledger")) {
      PhasePin.prepare(connection);
    }
    worker = WorkerProcess.start(site.config, false);
  }

  @AfterAll
  static void end() {
    worker.close();
    site.close();
    s3.close();
    answers.close();
    ledger.close();
  }

  @AfterEach
  void allIsThereAgain() {
    PINS.forEach(OutageTest::close);
    ledger.allow();
    s3.allow();
    answers.heal();
  }

  @Test
  void noPhaseEndsTheExecutionBecauseLedgerOrStoreAreAway() throws Exception {
    Case orders =
        site.open(
            "everywhere",
            "small-auto",
            Map.of(
                "duration: 90s", "duration: 1h", "gates: [cutover]", "gates: [expand, cutover]"));
    String before = orders.fingerprint();
    orders.launch();
    orders.awaitGate(Runbook.Gate.EXPAND);

    Connection pin = pin(Phase.EXPAND);
    orders.approve(Runbook.Gate.EXPAND);
    pin = betweenWorkAndItsEntry(orders, Phase.EXPAND, pin, Store.DENIES, Phase.DUAL_WRITE);
    pin = betweenWorkAndItsEntry(orders, Phase.DUAL_WRITE, pin, Store.AWAY, Phase.BACKFILL);
    pin = betweenWorkAndItsEntry(orders, Phase.BACKFILL, pin, Store.DENIES, Phase.VERIFY);
    pin = betweenWorkAndItsEntry(orders, Phase.VERIFY, pin, Store.AWAY, Phase.VERIFY);
    atTheGate(orders, pin);

    try (Connection reader = orders.reader("public.orders")) {
      whileItWaitsForItsLock(orders, Phase.CUTOVER, reader, Store.DENIES);
    }
    orders.awaitRunning(Phase.WATCH);
    away(orders, Phase.WATCH, Store.DENIES, () -> {});
    orders.awaitRunning(Phase.WATCH);

    try (Connection reader = orders.reader("public.orders")) {
      orders.rollback();
      whileItWaitsForItsLock(orders, Phase.ROLLBACK, reader, Store.DENIES);
    }
    orders.awaitGate(Runbook.Gate.CUTOVER);
    try (Connection reader = orders.reader("public.orders")) {
      orders.abort();
      whileItWaitsForItsLock(orders, Phase.ABORT, reader, Store.DENIES);
    }
    orders.awaitEnd(State.ABORTED);
    assertThat(orders.installed()).isFalse();
    assertThat(orders.fingerprint()).isEqualTo(before);
    assertThat(orders.done(Phase.CUTOVER)).isOne();
  }

  /** The phase has done its work, and the ledger does not take its end. */
  private static Connection betweenWorkAndItsEntry(
      Case orders, Phase phase, Connection pin, Store store, Phase next) throws SQLException {
    orders.awaitRunning(phase);
    orders.await("its end to be pinned", _ -> pinned());
    var pins = new Connection[1];
    away(
        orders,
        phase,
        store,
        () -> {
          if (next == phase) {
            pins[0] = pin;
          } else {
            pins[0] = pin(next);
            close(pin);
          }
        });
    return pins[0];
  }

  private static void whileItWaitsForItsLock(
      Case orders, Phase phase, Connection reader, Store store) throws SQLException {
    if (phase == Phase.CUTOVER) {
      orders.approve(Runbook.Gate.CUTOVER);
    }
    orders.awaitRunning(phase);
    away(orders, phase, store, () -> {});
    close(reader);
  }

  /**
   * First the ledger, then the store before a worker that has read nothing from it yet.
   *
   * @param between what is done while nobody works
   */
  private static void away(Case orders, Phase phase, Store store, Runnable between) {
    ledger.deny();
    observe(orders, OUTAGE);
    worker.close();
    switch (store) {
      case DENIES -> answers.inject(Integer.MAX_VALUE, new Fault.Answer(403), _ -> true);
      case AWAY -> s3.deny();
    }
    ledger.allow();
    // Whose client is gone waits on, for an end that it could not tell anybody.
    site.ask(
        "rubicon_ledger",
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            + " WHERE datname = current_database() AND wait_event_type = 'Lock'");
    between.run();
    worker = WorkerProcess.start(site.config, false);
    switch (store) {
      case DENIES -> {
        orders.awaitHeld(ErrorCode.OBJECT_STORE_DENIED);
        observe(orders, OUTAGE);
        answers.heal();
        orders.resume();
      }
      case AWAY -> {
        orders.await("the store to be missed", _ -> missed(orders, phase));
        observe(orders, OUTAGE);
        s3.allow();
      }
    }
  }

  private static boolean missed(Case orders, Phase phase) {
    return orders.rollouts().live(orders.target).stream()
        .anyMatch(
            live ->
                live.of(phase)
                    && live.lastFailure()
                        .filter(why -> why.startsWith("OBJECT_STORE_UNREACHABLE"))
                        .isPresent());
  }

  /** The gate cannot be opened while its anchor cannot be stored, nor a decision be entered. */
  private static void atTheGate(Case orders, Connection pin) throws Exception {
    orders.await("verify's end to be pinned", _ -> pinned());
    answers.inject(Integer.MAX_VALUE, new Fault.Answer(403), _ -> true);
    close(pin);
    RolloutStatus held = orders.awaitHeld(ErrorCode.OBJECT_STORE_DENIED);
    assertThat(held.phases().getLast().outcome()).isEqualTo("done");
    observe(orders, OUTAGE);
    answers.heal();
    orders.resume();
    orders.awaitGate(Runbook.Gate.CUTOVER);

    ledger.deny();
    RubiconException away =
        RealSite.refused(
            ErrorCode.LEDGER_UNREACHABLE,
            () ->
                site.rollouts
                    .waiting(Duration.ofSeconds(3))
                    .throttle(orders.target, 5_000, CaseSite.BOB, "told what is away"));
    assertThat(away.getMessage()).contains("will be carried out").doesNotContain("worker");
    var decision =
        CompletableFuture.supplyAsync(
            () ->
                site.rollouts
                    .waiting(OUTAGE.plusMinutes(2))
                    .pause(orders.target, CaseSite.BOB, "while nobody can enter it"),
            task -> Thread.ofVirtual().start(task));
    observe(orders, OUTAGE);
    assertThat(orders.status().paused()).as("what is not entered is not carried out").isFalse();
    ledger.allow();
    assertThat(decision.get(2, TimeUnit.MINUTES).paused()).isTrue();
    orders.resume();
  }

  /** The one that closes has read nothing yet from a store that denies everything. */
  @Test
  void aReportThatCannotBeWrittenLeavesAGoodRolloutCompleted() throws Exception {
    Case orders =
        site.open(
            "at_its_end",
            "small-auto",
            Map.of("duration: 90s, every: 5s", "duration: 5s, every: 1s"));
    String rollout = orders.launch();
    orders.approve(Runbook.Gate.CUTOVER);
    // What enters the watch's beginning wants the same row.
    orders.await(
        "the ledger to know of the watch",
        _ ->
            site.rollouts.ledger().phases().of(rollout).stream()
                .anyMatch(run -> run.phase().equals(Phase.WATCH.word())));
    try (Connection row = site.superuser("rubicon_ledger")) {
      row.setAutoCommit(false);
      try (var lock =
          row.prepareStatement(
              "SELECT id FROM rubicon_ledger.rollout WHERE id = ? FOR NO KEY UPDATE")) {
        lock.setString(1, rollout);
        assertThat(lock.executeQuery().next()).isTrue();
      }
      orders.await(
          "its end to wait for the row",
          _ ->
              waiting("NOT granted")
                  && site.rollouts.live(orders.target).stream()
                      .anyMatch(activity -> activity.activity().equals("CloseRollout")));
      ledger.deny();
      observe(orders, OUTAGE);
      worker.close();
      answers.inject(Integer.MAX_VALUE, new Fault.Answer(403), _ -> true);
      ledger.allow();
    }
    worker = WorkerProcess.start(site.config, false);
    orders.awaitEnd(State.COMPLETED);
    assertThat(site.rollouts.ledger().rollout(rollout).state()).isEqualTo("completed");
    assertThat(site.rollouts.ledger().rollout(rollout).report()).isEmpty();
    assertThat(orders.workflow().getResult(RolloutResult.class).outcome())
        .startsWith("completed")
        .contains("its report is not written (OBJECT_STORE_DENIED)");
    answers.heal();
    Answer report =
        Answer.of(
            site.configFile, "report", "--file", site.folder.resolve("report").toString(), rollout);
    assertThat(report.exit()).as(report.err()).isZero();
    assertThat(site.rollouts.ledger().rollout(rollout).report()).isNotEmpty();
  }

  /** What people see meanwhile: always where it stands, who says so, and never a stack trace. */
  private static void observe(Case orders, Duration time) {
    Instant end = Instant.now().plus(time);
    do {
      Answer answer = Answer.of(site.configFile, "status", "-o", "json", "--target", orders.target);
      assertThat(answer.err()).isEmpty();
      JsonNode said = json(answer.out());
      String state = said.path("status").path("state").asText();
      assertThat(state).as(answer.out()).isIn("running", "waiting", "held");
      boolean hearsay = said.path("ledger").isObject();
      assertThat(said.path("status").path("source").asText())
          .as(answer.out())
          .isEqualTo(hearsay ? "ledger" : "temporal");
      Answer text = Answer.of(site.configFile, "status", "--target", orders.target);
      assertThat(text.out() + text.err()).doesNotContain("\tat ").doesNotContain("Exception:");
      assertThat(text.exit()).isIn(0, 1, 3, 4);
      assertThat(orders.workflow().describe().getStatus())
          .isEqualTo(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING);
      TestSite.pause();
    } while (Instant.now().isBefore(end));
  }

  private static JsonNode json(String text) {
    try {
      return Json.mapper().readTree(text);
    } catch (IOException e) {
      throw new AssertionError(text, e);
    }
  }

  /** From now on the phase's end is not entered. */
  private static Connection pin(Phase phase) {
    Connection connection = site.superuser("rubicon_ledger");
    PINS.add(connection);
    PhasePin.lock(connection, phase);
    return connection;
  }

  private static boolean pinned() {
    return waiting("locktype = 'advisory' AND NOT granted");
  }

  private static boolean waiting(String locks) {
    return !site.ask(
            "rubicon_ledger",
            "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
                + " WHERE a.datname = current_database() AND "
                + locks)
        .equals("0");
  }

  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
