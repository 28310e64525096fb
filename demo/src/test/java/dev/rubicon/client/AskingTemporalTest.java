package dev.rubicon.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rubicon.client.status.StatusReader;
import dev.rubicon.client.status.TargetStatus;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.message.Decision;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.message.RolloutStatus.Source;
import dev.rubicon.message.RolloutStatus.State;
import dev.rubicon.message.RolloutStatus.Way;
import dev.rubicon.postgres.Secret;
import dev.rubicon.postgres.Target;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.signing.Signer;
import dev.rubicon.stack.EmbeddedTemporal;
import dev.rubicon.stack.SharedPostgres;
import dev.rubicon.stack.TemporalServer;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.temporal.TemporalConnection;
import dev.rubicon.workflow.Attributes;
import dev.rubicon.workflow.RolloutWorkflow;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.worker.WorkerFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients are told when workflow, worker or server do not answer. */
@Turn
@Timeout(180)
@Tag("slow")
final class AskingTemporalTest {
  private static final String ID = RolloutWorkflow.workflowId("prod");
  private static final Principal BOB = new Principal("bob");

  private TemporalServer server;
  private TemporalConnection temporal;
  private Ledger ledger;
  private StatusReader reader;

  @BeforeEach
  void start() {
    FakeRollout.HEARD.clear();
    server = EmbeddedTemporal.start(0, Attributes.NAMES);
    temporal = connect();
    var postgres = SharedPostgres.server();
    var target =
        new Target(
            "ledger",
            postgres.jdbcUrl(SharedPostgres.freshDatabase("ledger")),
            postgres.superuser(),
            new Secret(postgres.password()),
            Map.of());
    ledger = Ledger.open(target).migrate();
    reader = new StatusReader(() -> temporal, ledger);
  }

  @AfterEach
  void stop() {
    ledger.close();
    temporal.close();
    server.close();
  }

  private TemporalConnection connect() {
    return TemporalConnection.open(
        new RubiconConfig.Temporal(
            server.address(),
            "default",
            false,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
  }

  private WorkerFactory work(Class<?> definition) {
    WorkerFactory factory = WorkerFactory.newInstance(temporal.client());
    var worker = factory.newWorker(RolloutWorkflow.CONTROL_QUEUE);
    worker.registerWorkflowImplementationTypes(definition);
    worker.registerActivitiesImplementations(new LedgerlessRollout.Ledgerless());
    factory.start();
    return factory;
  }

  private WorkflowStub launch() {
    var options =
        WorkflowOptions.newBuilder()
            .setWorkflowId(ID)
            .setTaskQueue(RolloutWorkflow.CONTROL_QUEUE)
            .setMemo(
                Map.of("rollout", "prod-1", "runbook", "checks-canonical", "requestedBy", "alice"))
            .build();
    WorkflowStub stub = temporal.client().newUntypedWorkflowStub("Rollout", options);
    stub.start(new RolloutRequest("prod-1", "prod", "b".repeat(64), "checks-canonical", "alice"));
    return stub;
  }

  private void enter(RolloutStatus status) {
    ledger.launch(
        new LedgerRollout.Launch(
            "prod-1", "prod", "b", "checks-canonical", "Checks", "alice", ID, status.run()));
    ledger.statuses().update("prod-1", status, "");
  }

  private DecisionSender deciding(Duration patience) {
    return new DecisionSender(
        () -> temporal,
        ledger,
        () -> Signer.of(RubiconConfig.Signing.NONE),
        "prod",
        BOB,
        "looked at it",
        patience);
  }

  private static Decision approval(Decision.By by) {
    return new Decision.Approve(Runbook.Gate.EXPAND, Statuses.DIGEST, by);
  }

  private static RubiconException refused(Runnable what) {
    RubiconException e = catchThrowableOfType(RubiconException.class, what::run);
    assertThat(e).isNotNull();
    assertThat(e.getMessage() + e.next())
        .doesNotContain("io.temporal", "grpc", "INVALID_ARGUMENT", "DEADLINE", "WorkflowId=");
    return e;
  }

  @Test
  void aDecisionIsAddressedExpiresAndIsAnsweredWithTheStateAfterIt() {
    String run = launch().getExecution().getRunId();
    var worker = work(FakeRollout.class);
    Instant before = Instant.now();

    RolloutStatus answer =
        deciding(Duration.ofSeconds(30)).send("approve", AskingTemporalTest::approval);

    assertThat(answer.state()).isEqualTo(State.RUNNING);
    assertThat(FakeRollout.HEARD)
        .first()
        .satisfies(
            heard -> {
              assertThat(heard.by().run()).isEqualTo(run);
              assertThat(heard.by().principal()).isEqualTo("bob");
              assertThat(heard.by().expires())
                  .isBetween(before.plusSeconds(30), Instant.now().plusSeconds(30));
            });
    worker.shutdownNow();
  }

  @Test
  void aDecisionThatNobodyTakesUpIsSaidToComeToNothing() {
    launch();
    RubiconException e =
        refused(
            () -> deciding(Duration.ofSeconds(1)).send("approve", AskingTemporalTest::approval));

    assertThat(e.code()).isEqualTo(ErrorCode.DECISION_NOT_TAKEN_UP);
    assertThat(e.getMessage())
        .startsWith("no worker took it up within 1 s; it expires at ")
        .endsWith("and is refused from then on: nothing will be carried out later");
  }

  @Test
  void aDecisionThatWasTakenUpIsSaidToBeCarriedOut() {
    launch();
    var worker = work(FakeRollout.class);
    RubiconException e =
        refused(() -> deciding(Duration.ofSeconds(5)).send("pause", Decision.Pause::new));

    assertThat(e.code()).isEqualTo(ErrorCode.DECISION_UNDER_WAY);
    assertThat(e.getMessage()).startsWith("it was taken up and will be carried out");
    assertThat(FakeRollout.HEARD).as("sent again under the same id").hasSize(1);
    worker.shutdownNow();
  }

  @Test
  void aDecisionThatCannotBeEnteredNamesTheLedgerAndNotTheWorker() {
    launch();
    var worker = work(LedgerlessRollout.class);
    RubiconException e =
        refused(() -> deciding(Duration.ofSeconds(5)).send("pause", Decision.Pause::new));

    assertThat(e.code()).isEqualTo(ErrorCode.LEDGER_UNREACHABLE);
    assertThat(e.getMessage())
        .startsWith("the ledger: connection refused; the decision was taken up and will be")
        .doesNotContain("worker");
    assertThat(e.next()).isEqualTo("see that its server runs; then: rubicon status");
    worker.shutdownNow();
  }

  @Test
  void aDecisionThatNobodyTakesUpNamesTheLedgerWhereItIsAwayForEverybody() {
    launch();
    ledger.close();
    ledger =
        Ledger.open(
            new Target(
                "ledger",
                "jdbc:postgresql://127.0.0.1:1/ledger",
                "nobody",
                new Secret("word"),
                Map.of()));
    RubiconException e =
        refused(
            () -> deciding(Duration.ofSeconds(1)).send("approve", AskingTemporalTest::approval));
    assertThat(e.code()).isEqualTo(ErrorCode.LEDGER_UNREACHABLE);
    assertThat(e.getMessage())
        .contains("the decision was not taken up within 1 s")
        .endsWith("nothing will be carried out later");
  }

  @Test
  void aServerThatGoesAwayIsNamedAndNotTheWorker() throws Exception {
    launch();
    var worker = work(FakeRollout.class);
    var answer =
        CompletableFuture.supplyAsync(
            () -> refused(() -> deciding(Duration.ofSeconds(4)).send("pause", Decision.Pause::new)),
            task -> Thread.ofVirtual().start(task));
    while (FakeRollout.HEARD.isEmpty()) {
      LockSupport.parkNanos(2_000_000);
    }
    worker.shutdownNow();
    server.close();
    RubiconException e = answer.get();
    assertThat(e.code()).as(e.getMessage()).isEqualTo(ErrorCode.TEMPORAL_UNREACHABLE);
    assertThat(e.getMessage()).startsWith("Temporal does not answer").doesNotContain("worker");
  }

  @Test
  void whatIsOutOfBoundsIsNotSentAndWhatIsNotRunningIsNotAddressed() {
    RubiconException usage =
        refused(
            () ->
                deciding(Duration.ofSeconds(5))
                    .send("extendWatch", by -> new Decision.ExtendWatch(Duration.ofDays(31), by)));
    assertThat(usage.code()).isEqualTo(ErrorCode.USAGE);
    RubiconException none =
        refused(() -> deciding(Duration.ofSeconds(5)).send("pause", Decision.Pause::new));
    assertThat(none.code()).isEqualTo(ErrorCode.ROLLOUT_UNKNOWN);
  }

  @Test
  void theWorkflowsOwnWordComesFirst() {
    launch();
    var worker = work(FakeRollout.class);
    TargetStatus targetStatus = reader.read("prod");
    assertThat(targetStatus.ledger()).isEmpty();
    assertThat(targetStatus.status().source()).isEqualTo(Source.TEMPORAL);
    assertThat(targetStatus.status().state()).isEqualTo(State.WAITING);
    worker.shutdownNow();
  }

  @Test
  void aTerminatedExecutionIsNoticedWhateverTheLedgerHeardLast() {
    WorkflowStub stub = launch();
    String run = stub.getExecution().getRunId();
    enter(Statuses.of(State.WAITING, Way.APPROVE).asking(Runbook.Gate.EXPAND).status(run));
    stub.terminate("to see");

    TargetStatus targetStatus = reader.read("prod");
    assertThat(targetStatus.status().state()).isEqualTo(State.TERMINATED);
    assertThat(targetStatus.status().waitingFor()).isEmpty();
    assertThat(targetStatus.status().ways()).containsExactly(Way.LAUNCH);
    assertThat(targetStatus.status().held().orElseThrow().code()).isEqualTo("ROLLOUT_TERMINATED");
    assertThat(targetStatus.status().held().orElseThrow().next()).contains("stays correct");
    assertThat(targetStatus.next()).containsExactly("rubicon launch --target prod --runbook DIR");
    assertThat(targetStatus.ledger().orElseThrow().text())
        .startsWith("as the ledger last knew, at ")
        .contains("Temporal says that it was terminated from outside");
    assertThat(reader.settled(ledger.rollout("prod-1")).state()).isEqualTo("terminated");
  }

  @Test
  void aLaunchThatNoWorkerTookUpIsShownAndNotTheRolloutBeforeIt() {
    ledger.launch(
        new LedgerRollout.Launch(
            "prod-0", "prod", "b", "checks-canonical", "Checks", "alice", ID, "run-0"));
    launch();
    TargetStatus targetStatus = reader.read("prod");
    assertThat(targetStatus.status().rollout()).isEqualTo("prod-1");
    assertThat(targetStatus.status().state()).isEqualTo(State.RUNNING);
    assertThat(targetStatus.ledger().orElseThrow().because())
        .isEqualTo("Temporal has no worker that answers for it");
  }

  @Test
  void aHistoryThatIsLostLeavesTheLedgersWordAndTheWayOn() {
    enter(Statuses.of(State.RUNNING, Way.ABORT).status("run-1"));
    TargetStatus targetStatus = reader.read("prod");
    assertThat(targetStatus.status().state()).isEqualTo(State.TERMINATED);
    assertThat(targetStatus.status().ways()).containsExactly(Way.LAUNCH);
    assertThat(targetStatus.ledger().orElseThrow().because())
        .isEqualTo("Temporal does not know its execution any more");
  }

  @Test
  void withoutAServerTheLedgerSpeaks() {
    enter(Statuses.of(State.HELD, Way.RESUME).held("EXPAND_FAILED", "no", "").status("run-1"));
    var away =
        new StatusReader(
            () -> {
              throw new RubiconException(
                  ErrorCode.TEMPORAL_UNREACHABLE, "no Temporal server listens at x", "rubicon up");
            },
            ledger);
    TargetStatus targetStatus = away.read("prod");
    assertThat(targetStatus.status().state()).isEqualTo(State.HELD);
    assertThat(targetStatus.status().source()).isEqualTo(Source.LEDGER);
    assertThat(targetStatus.ledger().orElseThrow().because())
        .isEqualTo("no Temporal server listens at x");
    assertThat(targetStatus.next()).containsExactly("rubicon resume --target prod --reason \"…\"");
  }
}
