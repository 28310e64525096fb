package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.message.Decision;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.rollout.AuditHead;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.rollout.ReturnTerms;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.worker.WorkerProcess;
import dev.rubicon.workflow.RolloutWorkflow;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import io.temporal.worker.WorkerFactory;
import io.temporal.workflow.ActivityStub;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A writer of the namespace asks workers for their activities, without any rollout around them, and
 * sends a signed launch once more: nothing is done that nobody decided.
 */
@Timeout(300)
@Tag("rollout")
final class AskedDirectlyTest {
  private static final String EVERYTHING =
      "SELECT md5(string_agg(c.oid::text || c.relname || c.relkind::text, ',' ORDER BY c.oid)) FROM"
          + " pg_class c";

  private static CaseSite site;
  private static WorkerProcess worker;
  private static WorkerFactory mallory;

  @BeforeAll
  static void start() {
    site = CaseSite.start(List.of("direct", "ended", "again"), (_, text) -> text);
    worker = WorkerProcess.start(site.config, true);
    mallory = WorkerFactory.newInstance(site.rollouts.temporal().client());
    mallory.newWorker("mallory").registerWorkflowImplementationTypes(AskingImpl.class);
    mallory.start();
  }

  @AfterAll
  static void end() {
    mallory.shutdownNow();
    worker.close();
    site.close();
  }

  /** On a queue of his own; only one of the last three is given. */
  @WorkflowInterface
  public interface Asking {
    @WorkflowMethod
    void ask(
        String activity,
        String queue,
        PhaseInput input,
        ReturnTerms terms,
        Decision.Approve approval,
        Decision.By order);
  }

  /** Passes it on. */
  public static final class AskingImpl implements Asking {
    @Override
    public void ask(
        String activity,
        String queue,
        PhaseInput input,
        ReturnTerms terms,
        Decision.Approve approval,
        Decision.By order) {
      ActivityStub worker =
          Workflow.newUntypedActivityStub(
              ActivityOptions.newBuilder()
                  .setTaskQueue(queue)
                  .setStartToCloseTimeout(Duration.ofMinutes(1))
                  .build());
      if (terms != null) {
        worker.execute(activity, Object.class, input, terms);
      } else if (approval != null) {
        worker.execute(activity, Object.class, input, approval, AuditHead.NONE);
      } else if (order != null) {
        worker.execute(
            activity,
            Object.class,
            input,
            "rollback",
            order,
            AuditHead.NONE,
            List.of("public.users"));
      } else {
        worker.execute(activity, Object.class, input);
      }
    }
  }

  private static void refused(
      String activity,
      String queue,
      PhaseInput input,
      ReturnTerms terms,
      Decision.Approve approval,
      Decision.By order,
      ErrorCode code,
      String words) {
    Asking asking =
        site.rollouts
            .temporal()
            .client()
            .newWorkflowStub(
                Asking.class,
                WorkflowOptions.newBuilder()
                    .setWorkflowId("mallory-" + UUID.randomUUID())
                    .setTaskQueue("mallory")
                    .build());
    assertThatThrownBy(() -> asking.ask(activity, queue, input, terms, approval, order))
        .as(activity)
        .rootCause()
        .hasMessageContaining(words)
        .isInstanceOfSatisfying(
            ApplicationFailure.class, e -> assertThat(e.getType()).isEqualTo(code.name()));
  }

  private static void refused(
      String activity, String queue, PhaseInput input, ErrorCode code, String words) {
    refused(activity, queue, input, null, null, null, code, words);
  }

  private static int tried(Case subject) {
    return subject.audited("actor = 'unknown' AND action = 'step-refused'");
  }

  @Test
  void whatTouchesTheTargetWantsWhatSomebodySigned() {
    Case subject = site.open("direct", "small", Map.of());
    subject.launch();
    RolloutStatus asks = subject.awaitGate(Runbook.Gate.EXPAND);
    String bundle = RunbookReader.read(subject.runbook).digest();
    String before = subject.ask(EVERYTHING);
    String ddl = RolloutWorkflow.DDL_QUEUE;
    String data = RolloutWorkflow.DATA_QUEUE;
    var input = new PhaseInput(asks.rollout(), "direct", bundle, "alice", Phase.EXPAND, 1);
    String unsigned = "no approval that counts is signed";
    refused("Expand", ddl, input, ErrorCode.APPROVAL_VOID, unsigned);
    refused("DualWrite", ddl, input.of(Phase.DUAL_WRITE), ErrorCode.APPROVAL_VOID, unsigned);
    refused("Backfill", data, input.of(Phase.BACKFILL), ErrorCode.APPROVAL_VOID, unsigned);
    refused("Contract", ddl, input.of(Phase.CONTRACT), ErrorCode.APPROVAL_VOID, unsigned);
    refused(
        "Rollback",
        ddl,
        input.of(Phase.ROLLBACK),
        new ReturnTerms(List.of("public.users")),
        null,
        null,
        ErrorCode.DECISION_FORGED,
        "nobody has signed a rollback that may lose rows of [public.users]");

    // What the ledger would believe afterwards.
    var by = new Decision.By("bob", "trust me", asks.run(), Instant.now().plusSeconds(60));
    var approval = new Decision.Approve(Runbook.Gate.EXPAND, asks.digest().orElseThrow(), by);
    String control = RolloutWorkflow.CONTROL_QUEUE;
    String forged = "what is to be entered is not signed";
    refused(
        "RecordApproval", control, input, null, approval, null, ErrorCode.DECISION_FORGED, forged);
    refused("RecordOrder", control, input, null, null, by, ErrorCode.DECISION_FORGED, forged);
    assertThat(subject.audited("actor = 'bob'")).isZero();

    var elsewhere = new PhaseInput("nobody-1", "direct", bundle, "alice", Phase.ABORT, 1);
    refused("Abort", ddl, elsewhere, ErrorCode.LEDGER_BEHIND, "nobody launched it");
    var other = new PhaseInput(asks.rollout(), "ended", bundle, "alice", Phase.ABORT, 1);
    refused("Abort", ddl, other, ErrorCode.DECISION_FORGED, "this is not what");
    assertThat(subject.ask(EVERYTHING)).isEqualTo(before);
    assertThat(tried(subject)).isEqualTo(8);

    subject.approve(Runbook.Gate.EXPAND);
    subject.awaitGate(Runbook.Gate.CUTOVER);
    subject.abort();
    subject.awaitEnd(RolloutStatus.State.ABORTED);
  }

  @Test
  void afterItsEndNothingIsDoneForARollout() {
    Case subject = site.open("ended", "small", Map.of());
    subject.launch();
    RolloutStatus asks = subject.awaitGate(Runbook.Gate.EXPAND);
    subject.approve(Runbook.Gate.EXPAND);
    subject.awaitGate(Runbook.Gate.CUTOVER);
    subject.abort();
    subject.awaitEnd(RolloutStatus.State.ABORTED);
    String before = subject.ask(EVERYTHING);
    String bundle = RunbookReader.read(subject.runbook).digest();
    var input = new PhaseInput(asks.rollout(), "ended", bundle, "alice", Phase.EXPAND, 1);
    for (Phase phase : List.of(Phase.DUAL_WRITE, Phase.ROLLBACK, Phase.ABORT)) {
      String activity =
          switch (phase) {
            case DUAL_WRITE -> "DualWrite";
            case ROLLBACK -> "Rollback";
            default -> "Abort";
          };
      refused(
          activity,
          RolloutWorkflow.DDL_QUEUE,
          input.of(phase),
          phase == Phase.ROLLBACK ? ReturnTerms.NOTHING_LOST : null,
          null,
          null,
          ErrorCode.DECISION_FORGED,
          "has ended");
    }
    refused(
        "Backup",
        RolloutWorkflow.DATA_QUEUE,
        input.of(Phase.BACKUP),
        ErrorCode.DECISION_FORGED,
        "has ended");
    assertThat(subject.ask(EVERYTHING)).isEqualTo(before);
    assertThat(tried(subject)).isEqualTo(4);
  }

  @Test
  void aSignedLaunchStartsOnce() {
    Case subject = site.open("again", "small", Map.of());
    String rollout = subject.launch();
    subject.awaitGate(Runbook.Gate.EXPAND);
    // As everybody can read it who may read the namespace.
    var client = site.rollouts.temporal().client();
    var started =
        subject
            .history(RolloutWorkflow.workflowId("again"))
            .getFirst()
            .getWorkflowExecutionStartedEventAttributes();
    RolloutRequest request =
        client
            .getOptions()
            .getDataConverter()
            .fromPayloads(
                0, Optional.of(started.getInput()), RolloutRequest.class, RolloutRequest.class);
    assertThat(request.proof().signature()).isNotEmpty();
    subject.abort();
    subject.awaitEnd(RolloutStatus.State.ABORTED);

    WorkflowStub again = start(RolloutWorkflow.workflowId("again"), request);
    assertThatThrownBy(() -> again.getResult(Object.class))
        .rootCause()
        .hasMessageContaining("the launch's signature was used before")
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            e -> assertThat(e.getType()).isEqualTo(ErrorCode.DECISION_FORGED.name()));
    assertThat(
            site.ask(
                "rubicon_ledger",
                "SELECT string_agg(actor || ' ' || action, ', ' ORDER BY seq) FROM"
                    + " rubicon_ledger.audit_entry WHERE action LIKE 'launch-%' AND rollout = '"
                    + rollout
                    + "'"))
        .isEqualTo("alice launch-signed, unknown launch-forged");
    assertThat(
            site.ask(
                "rubicon_ledger",
                "SELECT state FROM rubicon_ledger.rollout WHERE id = '" + rollout + "'"))
        .isEqualTo("aborted");
  }

  private static WorkflowStub start(String workflowId, RolloutRequest request) {
    WorkflowStub stub =
        site.rollouts
            .temporal()
            .client()
            .newUntypedWorkflowStub(
                "Rollout",
                WorkflowOptions.newBuilder()
                    .setWorkflowId(workflowId)
                    .setTaskQueue(RolloutWorkflow.CONTROL_QUEUE)
                    .build());
    stub.start(request);
    return stub;
  }
}
