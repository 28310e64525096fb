package dev.rubicon.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.message.Decision;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.message.RolloutResult;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.runbook.Runbook;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.sdk.v1.WorkflowMetadata;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the Temporal UI can show of a rollout: summaries, search attributes, current details. */
@Timeout(120)
final class UiStoryTest {
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
    control.registerWorkflowImplementationTypes(RolloutWorkflowImpl.class);
    control.registerActivitiesImplementations(phases);
    temporal.newWorker(RolloutWorkflow.DDL_QUEUE).registerActivitiesImplementations(phases);
    temporal.newWorker(RolloutWorkflow.DATA_QUEUE).registerActivitiesImplementations(phases);
    temporal.start();
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
  }

  @AfterEach
  void stop() {
    phases.watchOn = false;
    temporal.close();
  }

  @Test
  void decisionsTimersAndHoldsTellTheirWhy() {
    LocalTime opens = LocalTime.now(ZoneOffset.UTC).plusHours(3).withNano(0);
    phases.plan =
        RecordingPhases.plan(
            Optional.of(
                new Runbook.Window(
                    List.of(DayOfWeek.values()), opens, opens.plusHours(1), ZoneOffset.UTC)),
            Runbook.OnSmokeFailure.HOLD,
            List.of());
    phases.failOnce.put(
        "backfill",
        ApplicationFailure.newNonRetryableFailure(
            "rows | are <b>locked</b>", ErrorCode.BACKFILL_STUCK.name(), "end the transaction"));
    WorkflowClient.start(rollout::run, REQUEST);

    String expand = await(s -> s.waitingFor().isPresent()).digest().orElseThrow();
    assertThat(details())
        .contains("awaited: an approval of gate expand, from anybody who may approve but alice")
        .contains("of digest `" + expand + "`")
        .contains("| backup | 1 | done |", "s3://b/backups/m.json", "worker:1 (1)");
    assertThatThrownBy(() -> approve(expand, by("alice", "I know\nwhat I do")))
        .isInstanceOf(WorkflowUpdateException.class);
    approve(expand, by("bob", "read the plan"));

    await(s -> s.held().isPresent());
    assertThat(details())
        .contains("**held**, phase backfill, round 1")
        .contains("why: `BACKFILL_STUCK`: rows \\| are &lt;b>locked&lt;/b>")
        .contains("what leads on: end the transaction");
    rollout.resume(new Decision.Resume(by("bob", "nobody holds them any more")));

    String cutover =
        await(s -> s.waitingFor().equals(Optional.of(Runbook.Gate.CUTOVER))).digest().orElseThrow();
    rollout.approve(
        new Decision.Approve(Runbook.Gate.CUTOVER, cutover, by("bob", "ä".repeat(400))));
    Instant at = await(s -> s.windowOpens().isPresent()).windowOpens().orElseThrow();
    assertThat(details())
        .contains("awaited: the window, which opens at " + at)
        .contains("| alice | **REFUSED** `APPROVER_IS_REQUESTER`: approve expand | `")
        .contains("| `" + expand.substring(0, 12) + "` | I know what I do |")
        .contains("| bob | approve expand | `", "| `" + cutover.substring(0, 12) + "` | ä");
    rollout.abort(new Decision.Abort(by("bob", "not today")));
    WorkflowStub.fromTyped(rollout).getResult(RolloutResult.class);

    var events =
        temporal.getWorkflowClient().fetchHistory(RolloutWorkflow.workflowId("prod")).getEvents();
    assertThat(summaries(events, EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED))
        .contains(
            "REFUSED APPROVER_IS_REQUESTER: alice: approve expand "
                + expand.substring(0, 12)
                + ": I know what I do",
            "bob: approve expand " + expand.substring(0, 12) + ": read the plan",
            "bob: resume: nobody holds them any more",
            "bob: abort: not today")
        .anySatisfy(
            summary ->
                assertThat(summary)
                    .startsWith("bob: approve cutover " + cutover.substring(0, 12) + ": ää")
                    .endsWith("ä…"))
        .allSatisfy(
            summary ->
                assertThat(summary.getBytes(StandardCharsets.UTF_8).length).isBetween(1, 200));
    assertThat(summaries(events, EventType.EVENT_TYPE_TIMER_STARTED))
        .containsExactly("until the window opens at " + at);
    assertThat(events).filteredOn(HistoryEvent::hasTimerCanceledEventAttributes).hasSize(1);
    assertThat(upserts(events, "RubiconDigest")).containsExactly(expand, cutover);
    assertThat(upserts(events, "RubiconError")).containsExactly("BACKFILL_STUCK", "");
    assertThat(upserts(events, "RubiconStatus"))
        .containsExactly("waiting", "running", "held", "running", "waiting", "running", "aborted");
  }

  @Test
  void anAutomaticRollbackTellsItsWhy() {
    phases.plan =
        RecordingPhases.plan(Optional.empty(), Runbook.OnSmokeFailure.ROLLBACK, List.of());
    phases.failedSmoke = List.of("healthz");
    WorkflowClient.start(rollout::run, REQUEST);
    approve(await(s -> s.waitingFor().isPresent()).digest().orElseThrow(), by("bob", "go"));
    String digest =
        await(s -> s.waitingFor().equals(Optional.of(Runbook.Gate.CUTOVER))).digest().orElseThrow();
    rollout.approve(new Decision.Approve(Runbook.Gate.CUTOVER, digest, by("bob", "go")));
    await(s -> s.round() == 2 && s.waitingFor().equals(Optional.of(Runbook.Gate.CUTOVER)));

    assertThat(details()).contains("| rubicon | rollback, by itself |  | smoke checks failed");
    var events =
        temporal.getWorkflowClient().fetchHistory(RolloutWorkflow.workflowId("prod")).getEvents();
    assertThat(summaries(events, EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED))
        .anyMatch(s -> s.startsWith("rubicon: rollback, by itself: smoke checks failed: healthz"))
        .anyMatch(
            s -> s.startsWith("roll back to legacy: rubicon, by itself: smoke checks failed"));
  }

  private static List<String> summaries(List<HistoryEvent> events, EventType type) {
    return events.stream()
        .filter(event -> event.getEventType() == type)
        .map(
            event ->
                DefaultDataConverter.STANDARD_INSTANCE.fromPayload(
                    event.getUserMetadata().getSummary(), String.class, String.class))
        .toList();
  }

  /** Values that were set, in order; empty text where it was taken away. */
  private static List<String> upserts(List<HistoryEvent> events, String attribute) {
    var values = new ArrayList<String>();
    for (HistoryEvent event : events) {
      Map<String, io.temporal.api.common.v1.Payload> fields =
          event
              .getUpsertWorkflowSearchAttributesEventAttributes()
              .getSearchAttributes()
              .getIndexedFieldsMap();
      if (fields.containsKey(attribute)) {
        String json = fields.get(attribute).getData().toStringUtf8();
        values.add(json.replaceAll("[\"\\[\\]]|null", ""));
      }
    }
    return values;
  }

  private String details() {
    return WorkflowStub.fromTyped(rollout)
        .query("__temporal_workflow_metadata", WorkflowMetadata.class)
        .getCurrentDetails();
  }

  private void approve(String digest, Decision.By by) {
    rollout.approve(new Decision.Approve(Runbook.Gate.EXPAND, digest, by));
  }

  private Decision.By by(String principal, String reason) {
    return new Decision.By(
        principal, reason, rollout.status().run(), Instant.now().plusSeconds(60));
  }

  private RolloutStatus await(Predicate<RolloutStatus> condition) {
    Instant deadline = Instant.now().plusSeconds(60);
    RolloutStatus status = rollout.status();
    while (!condition.test(status)) {
      assertThat(Instant.now()).as("%s", status).isBefore(deadline);
      LockSupport.parkNanos(20_000_000);
      status = rollout.status();
    }
    return status;
  }
}
