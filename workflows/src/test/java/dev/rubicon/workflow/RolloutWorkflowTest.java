package dev.rubicon.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.message.Decision;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.message.RolloutResult;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.TargetProgress;
import dev.rubicon.rollout.TargetStage;
import dev.rubicon.runbook.ManualItem;
import dev.rubicon.runbook.Runbook;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What the workflow decides, against a Temporal server in real time and phases that only record.
 */
@Timeout(120)
final class RolloutWorkflowTest {
  private static final RolloutRequest REQUEST =
      new RolloutRequest("r-1", "prod", "b".repeat(64), "checks-canonical", "alice");

  private final RecordingPhases phases = new RecordingPhases();
  private TestWorkflowEnvironment temporal;
  private RolloutWorkflow rollout;

  @BeforeEach
  void start() {
    var options = TestEnvironmentOptions.newBuilder().setUseTimeskipping(false);
    for (String name : Attributes.NAMES) {
      options.registerSearchAttribute(name, IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD);
    }
    temporal = TestWorkflowEnvironment.newInstance(options.build());
    var control = temporal.newWorker(RolloutWorkflow.CONTROL_QUEUE);
    control.registerWorkflowImplementationTypes(
        RolloutWorkflowImpl.class, ContractWorkflowImpl.class);
    control.registerActivitiesImplementations(phases);
    temporal.newWorker(RolloutWorkflow.DDL_QUEUE).registerActivitiesImplementations(phases);
    temporal.newWorker(RolloutWorkflow.DATA_QUEUE).registerActivitiesImplementations(phases);
    temporal.newWorker(RolloutWorkflow.WATCH_QUEUE).registerActivitiesImplementations(phases);
    temporal.start();
  }

  @AfterEach
  void stop() {
    phases.watchOn = false;
    phases.blockBackfill = false;
    temporal.close();
  }

  private void launch() {
    rollout =
        temporal
            .getWorkflowClient()
            .newWorkflowStub(
                RolloutWorkflow.class,
                WorkflowOptions.newBuilder()
                    .setTaskQueue(RolloutWorkflow.CONTROL_QUEUE)
                    .setWorkflowId(RolloutWorkflow.workflowId("prod"))
                    .setTypedSearchAttributes(Attributes.atLaunch(REQUEST))
                    .build());
    WorkflowClient.start(rollout::run, REQUEST);
  }

  private RolloutStatus await(String what, Predicate<RolloutStatus> condition) {
    Instant deadline = Instant.now().plusSeconds(30);
    RolloutStatus status = rollout.status();
    while (!condition.test(status)) {
      assertThat(Instant.now()).as("waited for %s, is %s", what, status).isBefore(deadline);
      LockSupport.parkNanos(20_000_000);
      status = rollout.status();
    }
    return status;
  }

  private RolloutStatus awaitGate(Runbook.Gate gate) {
    return await("gate " + gate, s -> s.waitingFor().equals(Optional.of(gate)));
  }

  private void approve(Runbook.Gate gate) {
    String digest = awaitGate(gate).digest().orElseThrow();
    rollout.approve(new Decision.Approve(gate, digest, by("bob", "looked at it")));
  }

  private RolloutResult result() {
    return WorkflowStub.fromTyped(rollout).getResult(RolloutResult.class);
  }

  private Decision.By by(String principal, String reason) {
    return new Decision.By(
        principal, reason, rollout.status().run(), Instant.now().plusSeconds(60));
  }

  @Test
  void eachEntryNamesTheOneBeforeAndALedgerThatLacksItRefusesOrHolds() {
    phases.failOnce.put("entry", behind());
    launch();
    RolloutStatus held = await("the hold", s -> s.state() == RolloutStatus.State.HELD);
    assertThat(held.held().orElseThrow().code()).isEqualTo(ErrorCode.LEDGER_BEHIND.name());
    assertThat(held.held().orElseThrow().next()).isEqualTo("rubicon audit --reconcile");
    assertThat(held.ways()).contains(RolloutStatus.Way.RESUME);
    rollout.resume(new Decision.Resume(by("bob", "reconciled")));
    awaitGate(Runbook.Gate.EXPAND);

    phases.failOnce.put("entry", behind());
    assertThatThrownBy(() -> rollout.pause(new Decision.Pause(by("bob", "why"))))
        .isInstanceOf(WorkflowUpdateException.class)
        .cause()
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            e -> assertThat(e.getType()).isEqualTo(ErrorCode.LEDGER_BEHIND.name()));
    assertThat(rollout.status().paused()).isFalse();
    assertThat(rollout.status().waitingFor()).contains(Runbook.Gate.EXPAND);
    rollout.pause(new Decision.Pause(by("bob", "why")));
    rollout.resume(new Decision.Resume(by("bob", "go on")));

    // The gate's own entry, refused; resume; the gate's; a pause, refused; pause; resume.
    assertThat(phases.heads)
        .extracting(seen -> seen.sequence() + seen.hash())
        .containsExactly("0", "0", "1h1", "2h2", "2h2", "3h3");
    assertThat(phases.heads.getLast().run()).isEqualTo(rollout.status().run());
  }

  private static ApplicationFailure behind() {
    return ApplicationFailure.newNonRetryableFailure(
        "the audit trail lacks entry 7",
        ErrorCode.LEDGER_BEHIND.name(),
        "rubicon audit --reconcile");
  }

  @Test
  void completesThroughBothGates() {
    phases.watchOn = false;
    phases.plan = shortWatch();
    launch();
    approve(Runbook.Gate.EXPAND);
    approve(Runbook.Gate.CUTOVER);

    assertThat(result().outcome()).isEqualTo("completed");
    assertThat(result().crossings()).isEqualTo(1);
    assertThat(phases.phases())
        .startsWith(
            "open",
            "preflight",
            "backup",
            "clone",
            "rehearse",
            "dossier",
            "expand",
            "dual-write",
            "backfill",
            "verify",
            "verify",
            "cutover",
            "deploy",
            "smoke")
        .endsWith("close completed", "report");
    Histories.record(temporal, "completed");
  }

  @Test
  void goesBackAndCrossesAgainWithANewApproval() {
    phases.plan = shortWatch(Duration.ofHours(1));
    launch();
    approve(Runbook.Gate.EXPAND);
    RolloutStatus asked = awaitGate(Runbook.Gate.CUTOVER);
    assertThat(asked.clients()).containsExactly("users.id changes its type");
    String first = asked.digest().orElseThrow();
    approve(Runbook.Gate.CUTOVER);
    RolloutStatus watched = await("watch", s -> s.phase() == Phase.WATCH);
    assertThat(watched.clients()).as("nothing is asked").isEmpty();
    rollout.rollback(new Decision.Rollback(List.of(), by("bob", "error rate")));
    RolloutStatus again = awaitGate(Runbook.Gate.CUTOVER);
    assertThat(again.round()).isEqualTo(2);
    assertThat(again.clients()).isEqualTo(asked.clients());
    assertThat(again.digest()).isNotEqualTo(first);
    assertThatThrownBy(
            () ->
                rollout.approve(
                    new Decision.Approve(Runbook.Gate.CUTOVER, first, by("bob", "the old one"))))
        .satisfies(e -> assertCode(e, ErrorCode.DIGEST_MISMATCH));
    approve(Runbook.Gate.CUTOVER);
    await("watch again", s -> s.phase() == Phase.WATCH && s.round() == 2);
    WorkflowStub.fromTyped(rollout).cancel();
    assertThatThrownBy(this::result)
        .isInstanceOf(WorkflowFailedException.class)
        .hasCauseInstanceOf(CanceledFailure.class);
    assertThat(phases.phases())
        .containsSubsequence(
            "cutover", "deploy", "watch", "rollback", "rollback-deploy", "verify", "cutover")
        .doesNotContain("abort");
    Histories.record(temporal, "rolled-back-and-crossed-again");
  }

  @Test
  void abortRemovesWhatWasInstalled() {
    phases.blockBackfill = true;
    launch();
    approve(Runbook.Gate.EXPAND);
    await("backfill", s -> s.phase() == Phase.BACKFILL && phases.calls.contains("backfill"));
    rollout.abort(new Decision.Abort(by("bob", "not today")));
    assertThat(result().outcome()).isEqualTo("aborted");
    assertThat(phases.phases()).endsWith("abort", "close aborted", "report");
    Histories.record(temporal, "aborted");
  }

  @Test
  void cancelInTheUiIsAnAbort() {
    phases.blockBackfill = true;
    launch();
    approve(Runbook.Gate.EXPAND);
    await("backfill", s -> s.phase() == Phase.BACKFILL && phases.calls.contains("backfill"));
    WorkflowStub.fromTyped(rollout).cancel();
    assertThatThrownBy(this::result).hasCauseInstanceOf(CanceledFailure.class);
    assertThat(phases.phases()).endsWith("abort", "close aborted", "report");
  }

  @Test
  void policyRefusesAnApprovalAndRecordsIt() {
    launch();
    String digest = awaitGate(Runbook.Gate.EXPAND).digest().orElseThrow();
    assertThatThrownBy(
            () ->
                rollout.approve(
                    new Decision.Approve(Runbook.Gate.EXPAND, digest, by("alice", "my own"))))
        .satisfies(e -> assertCode(e, ErrorCode.APPROVER_IS_REQUESTER));
    assertThatThrownBy(
            () ->
                rollout.approve(
                    new Decision.Approve(Runbook.Gate.EXPAND, "0".repeat(64), by("bob", "blind"))))
        .satisfies(e -> assertCode(e, ErrorCode.DIGEST_MISMATCH));
    assertThatThrownBy(
            () ->
                rollout.approve(
                    new Decision.Approve(Runbook.Gate.CUTOVER, digest, by("bob", "too early"))))
        .satisfies(e -> assertCode(e, ErrorCode.GATE_NOT_OPEN));
    assertThat(phases.notes)
        .containsExactly("APPROVER_IS_REQUESTER", "DIGEST_MISMATCH", "GATE_NOT_OPEN");
    assertThat(phases.phases()).doesNotContain("expand");
    rollout.abort(new Decision.Abort(by("bob", "enough")));
    assertThat(result().outcome()).isEqualTo("aborted");
    Histories.record(temporal, "refused-approval");
  }

  @Test
  void aTargetThatChangedVoidsThePlan() {
    launch();
    String digest = awaitGate(Runbook.Gate.EXPAND).digest().orElseThrow();
    phases.fingerprint = "fp-somebody-was-here";
    assertThatThrownBy(
            () ->
                rollout.approve(new Decision.Approve(Runbook.Gate.EXPAND, digest, by("bob", "ok"))))
        .satisfies(e -> assertCode(e, ErrorCode.TARGET_CHANGED));
    RolloutStatus replanned =
        await("a new plan", s -> s.round() == 2 && s.waitingFor().isPresent());
    assertThat(replanned.digest()).isNotEqualTo(digest);
    assertThat(phases.phases().stream().filter("preflight"::equals)).hasSize(2);
  }

  @Test
  void aFailureBeforeAnythingIsInstalledEndsTheRollout() {
    phases.failOnce.put("preflight", failure(ErrorCode.HAZARD_NOT_ALLOWED));
    launch();
    assertThatThrownBy(this::result)
        .cause()
        .isInstanceOfSatisfying(
            ApplicationFailure.class, f -> assertThat(f.getType()).isEqualTo("HAZARD_NOT_ALLOWED"));
    assertThat(phases.phases())
        .containsExactly("open", "preflight", "side", "close failed", "report");
  }

  @Test
  void aLaterFailureHoldsTheRolloutUntilSomebodyResumes() {
    phases.failOnce.put("backfill", failure(ErrorCode.BACKFILL_STUCK));
    launch();
    approve(Runbook.Gate.EXPAND);
    RolloutStatus held = await("hold", s -> s.held().isPresent());
    assertThat(held.held().get().code()).isEqualTo("BACKFILL_STUCK");
    assertThat(held.state()).isEqualTo(RolloutStatus.State.HELD);
    rollout.resume(new Decision.Resume(by("bob", "the blocker is gone")));
    awaitGate(Runbook.Gate.CUTOVER);
    assertThat(phases.phases().stream().filter("backfill"::equals)).hasSize(2);
    rollout.abort(new Decision.Abort(by("bob", "seen enough")));
    assertThat(result().outcome()).isEqualTo("aborted");
    Histories.record(temporal, "held");
  }

  @Test
  void failedSmokeChecksLeadBackWhereTheRunbookSaysSo() {
    phases.plan =
        RecordingPhases.plan(Optional.empty(), Runbook.OnSmokeFailure.ROLLBACK, List.of());
    phases.failedSmoke = List.of("me");
    launch();
    approve(Runbook.Gate.EXPAND);
    approve(Runbook.Gate.CUTOVER);
    await("gate again", s -> s.round() == 2 && s.waitingFor().isPresent());
    assertThat(phases.phases()).containsSubsequence("cutover", "smoke", "rollback");
  }

  @Test
  void aSchemaThatWasNotRehearsedHoldsTheRolloutBehindTheCrossing() {
    phases.rehearsed = "another change";
    phases.otherwise = List.of("view:public.v on the target: gone, on the clone: unchanged");
    launch();
    approve(Runbook.Gate.EXPAND);
    approve(Runbook.Gate.CUTOVER);
    RolloutStatus held = await("hold", s -> s.held().isPresent());
    assertThat(held.held().get().code()).isEqualTo("FINGERPRINT_MISMATCH");
    assertThat(held.held().get().cause()).endsWith(": " + phases.otherwise.getFirst());
    assertThat(phases.phases()).doesNotContain("smoke");
    rollout.rollback(new Decision.Rollback(List.of(), by("bob", "not what we rehearsed")));
    awaitGate(Runbook.Gate.CUTOVER);
  }

  @Test
  void manualItemsBlockThePhaseTheyName() {
    phases.plan =
        RecordingPhases.plan(
            Optional.empty(),
            Runbook.OnSmokeFailure.HOLD,
            List.of(new ManualItem("informed", "Stakeholders", "ops", Phase.EXPAND)));
    launch();
    approve(Runbook.Gate.EXPAND);
    await("sign-off due", s -> s.signOffs().equals(List.of("informed")));
    assertThat(phases.phases()).doesNotContain("expand");
    assertThatThrownBy(() -> rollout.signOff(new Decision.SignOff("nothing", by("bob", "?"))))
        .satisfies(e -> assertCode(e, ErrorCode.SIGN_OFF_UNKNOWN));
    rollout.signOff(new Decision.SignOff("informed", by("bob", "mail sent")));
    awaitGate(Runbook.Gate.CUTOVER);
  }

  @Test
  void pauseKeepsTheNextPhaseFromStarting() {
    launch();
    awaitGate(Runbook.Gate.EXPAND);
    rollout.pause(new Decision.Pause(by("bob", "incident elsewhere")));
    approve(Runbook.Gate.EXPAND);
    assertThat(rollout.status().paused()).isTrue();
    rollout.resume(new Decision.Resume(by("bob", "over")));
    awaitGate(Runbook.Gate.CUTOVER);
    assertThat(phases.notes).containsSubsequence("paused", "approved EXPAND", "resumed");
  }

  @Test
  void ordersThatDoNotFitAreRefused() {
    launch();
    awaitGate(Runbook.Gate.EXPAND);
    assertThatThrownBy(() -> rollout.rollback(new Decision.Rollback(List.of(), by("bob", "?"))))
        .satisfies(e -> assertCode(e, ErrorCode.ROLLBACK_IMPOSSIBLE));
    approve(Runbook.Gate.EXPAND);
    approve(Runbook.Gate.CUTOVER);
    await("watch", s -> s.phase() == Phase.WATCH);
    assertThatThrownBy(() -> rollout.abort(new Decision.Abort(by("bob", "?"))))
        .satisfies(e -> assertCode(e, ErrorCode.ABORT_IMPOSSIBLE));
  }

  @Test
  void aCrossingThatAFailoverTookBackIsHeldAndAskedForAnew() {
    phases.lost = Optional.of(new TargetProgress(Optional.of(TargetStage.VERIFIED), 0));
    phases.failOnce.put("smoke", failure(ErrorCode.TARGET_STATE_LOST));
    launch();
    approve(Runbook.Gate.EXPAND);
    approve(Runbook.Gate.CUTOVER);
    RolloutStatus held = await("hold", s -> s.held().isPresent());
    assertThat(held.held().orElseThrow().code()).isEqualTo(ErrorCode.TARGET_STATE_LOST.name());
    assertThat(held.held().orElseThrow().cause()).contains("the crossing");
    assertThat(held.voided()).isPresent();
    assertThat(phases.calls).doesNotContain("rollback-deploy");

    rollout.resume(new Decision.Resume(by("bob", "cross again")));
    awaitGate(Runbook.Gate.CUTOVER);
    assertThat(phases.calls).containsSubsequence("smoke", "side", "rollback-deploy", "verify");
    rollout.abort(new Decision.Abort(by("bob", "not today")));
    assertThat(result().outcome()).isEqualTo("aborted");
    Histories.record(temporal, "lost-crossing");
  }

  @Test
  void aRelaunchBehindTheCrossingGoesOnThere() {
    phases.found = new TargetProgress(Optional.of(TargetStage.CUT_OVER), 1);
    launch();
    await("watch", s -> s.phase() == Phase.WATCH);
    assertThat(phases.phases()).doesNotContain("preflight", "cutover");
    rollout.rollback(new Decision.Rollback(List.of(), by("bob", "changed our mind")));
    assertThat(awaitGate(Runbook.Gate.CUTOVER).clients())
        .as("no preflight has asked")
        .containsExactly("users.id changes its type");
  }

  private static dev.rubicon.machine.state.Plan shortWatch() {
    return shortWatch(Duration.ofMillis(1));
  }

  private static dev.rubicon.machine.state.Plan shortWatch(Duration watch) {
    var plan = RecordingPhases.plan(Optional.empty(), Runbook.OnSmokeFailure.HOLD, List.of());
    return new dev.rubicon.machine.state.Plan(
        plan.runbook(),
        plan.title(),
        plan.phases(),
        plan.gates(),
        plan.selfApproval(),
        plan.manual(),
        plan.window(),
        plan.onSmokeFailure(),
        watch,
        plan.heartbeatTimeout(),
        plan.cannotPromise());
  }

  private static ApplicationFailure failure(ErrorCode code) {
    return ApplicationFailure.newNonRetryableFailure("because", code.name(), "do this");
  }

  private static void assertCode(Throwable thrown, ErrorCode code) {
    assertThat(thrown).isInstanceOf(WorkflowUpdateException.class);
    assertThat(thrown.getCause())
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            f -> {
              assertThat(f.getType()).isEqualTo(code.name());
              assertThat(f.getDetails().get(0, String.class)).isNotBlank();
            });
  }
}
