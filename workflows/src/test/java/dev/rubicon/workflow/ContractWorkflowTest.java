package dev.rubicon.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.message.Decision;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.rollout.Facts;
import dev.rubicon.runbook.Runbook;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The contract execution, and what a malformed Update does to a workflow: nothing. */
@Timeout(120)
final class ContractWorkflowTest {
  private static final RolloutRequest REQUEST =
      new RolloutRequest("r-1", "prod", "b".repeat(64), "checks-canonical", "alice");

  private final RecordingPhases phases = new RecordingPhases();
  private TestWorkflowEnvironment temporal;
  private ContractWorkflow contract;

  @BeforeEach
  void start() {
    var options = TestEnvironmentOptions.newBuilder().setUseTimeskipping(false);
    for (String name : Attributes.NAMES) {
      options.registerSearchAttribute(name, IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD);
    }
    temporal = TestWorkflowEnvironment.newInstance(options.build());
    var control = temporal.newWorker(RolloutWorkflow.CONTROL_QUEUE);
    control.registerWorkflowImplementationTypes(ContractWorkflowImpl.class);
    control.registerActivitiesImplementations(phases);
    temporal.newWorker(RolloutWorkflow.DDL_QUEUE).registerActivitiesImplementations(phases);
    temporal.start();
    contract =
        temporal
            .getWorkflowClient()
            .newWorkflowStub(
                ContractWorkflow.class,
                WorkflowOptions.newBuilder()
                    .setTaskQueue(RolloutWorkflow.CONTROL_QUEUE)
                    .setWorkflowId(ContractWorkflow.workflowId("prod"))
                    .setTypedSearchAttributes(Attributes.atLaunch(REQUEST))
                    .build());
    WorkflowClient.start(contract::run, REQUEST);
  }

  @AfterEach
  void stop() {
    temporal.close();
  }

  private RolloutStatus await(String what, Predicate<RolloutStatus> condition) {
    Instant deadline = Instant.now().plusSeconds(30);
    RolloutStatus status = contract.status();
    while (!condition.test(status)) {
      assertThat(Instant.now()).as("waited for %s, is %s", what, status).isBefore(deadline);
      LockSupport.parkNanos(20_000_000);
      status = contract.status();
    }
    return status;
  }

  private RolloutStatus awaitGate() {
    return await("the gate", s -> s.waitingFor().equals(Optional.of(Runbook.Gate.CONTRACT)));
  }

  private void approve() {
    RolloutStatus status = awaitGate();
    contract.approve(
        new Decision.Approve(Runbook.Gate.CONTRACT, status.digest().orElseThrow(), by(status)));
  }

  private static Decision.By by(RolloutStatus status) {
    return new Decision.By("bob", "looked at it", status.run(), Instant.now().plusSeconds(60));
  }

  @Test
  void contractsBehindItsGate() {
    approve();
    assertThat(WorkflowStub.fromTyped(contract).getResult(Facts.Contract.class).actions())
        .containsExactly("public.checks.claim_text=drop");
    assertThat(phases.phases())
        .containsExactly("open contract", "contract", "close contract completed", "report");
    Histories.record(temporal, ContractWorkflow.workflowId("prod"), "contract");
  }

  @Test
  void aFailureHoldsItUntilSomebodyResumes() {
    phases.failOnce.put(
        "contract",
        ApplicationFailure.newNonRetryableFailure(
            "web still writes", ErrorCode.LEGACY_STILL_WRITTEN.name(), "stop it"));
    approve();
    RolloutStatus held = await("the hold", s -> s.held().isPresent());
    assertThat(held.held().get().code()).isEqualTo("LEGACY_STILL_WRITTEN");
    assertThat(held.ways()).containsExactly(RolloutStatus.Way.RESUME, RolloutStatus.Way.ABORT);
    contract.resume(new Decision.Resume(by(held)));
    WorkflowStub.fromTyped(contract).getResult(Facts.Contract.class);
    assertThat(phases.phases().stream().filter("contract"::equals)).hasSize(2);
    Histories.record(temporal, ContractWorkflow.workflowId("prod"), "contract-held");
  }

  @Test
  void anAbortAtTheGateLeavesTheTargetAsItIs() {
    RolloutStatus status = awaitGate();
    contract.abort(new Decision.Abort(by(status)));
    assertThatThrownBy(() -> WorkflowStub.fromTyped(contract).getResult(Facts.Contract.class))
        .hasCauseInstanceOf(CanceledFailure.class);
    assertThat(phases.phases())
        .containsExactly("open contract", "close contract aborted", "report");
  }

  @Test
  void aTargetThatChangedIsAskedAboutAnew() {
    String digest = awaitGate().digest().orElseThrow();
    phases.fingerprint = "fp-somebody-was-here";
    assertThatThrownBy(this::approve).isInstanceOf(WorkflowUpdateException.class);
    RolloutStatus again =
        await("a new question", s -> s.round() == 2 && s.waitingFor().isPresent());
    assertThat(again.digest()).isPresent().get().isNotEqualTo(digest);
    assertThat(again.voided()).isPresent();
  }

  /** Whatever somebody sends past our clients: it is rejected, and the workflow goes on. */
  @Test
  void aMalformedUpdateIsRejectedAndBreaksNothing() {
    awaitGate();
    var raw =
        temporal.getWorkflowClient().newUntypedWorkflowStub(ContractWorkflow.workflowId("prod"));
    for (String update : new String[] {"approve", "signOff", "resume", "abort"}) {
      for (Object nonsense :
          new Object[] {
            "nonsense",
            7,
            Map.of(),
            Map.of("gate", "nonsense", "digest", 3),
            Map.of("by", "bob"),
            Map.of("by", Map.of("principal", "bob", "expires", "yesterday"))
          }) {
        assertThatThrownBy(() -> raw.update(update, Object.class, nonsense))
            .as("%s with %s", update, nonsense)
            .isInstanceOf(RuntimeException.class);
      }
      assertThatThrownBy(() -> raw.update(update, Object.class))
          .isInstanceOf(RuntimeException.class);
    }
    assertThat(phases.notes).isEmpty();
    approve();
    WorkflowStub.fromTyped(contract).getResult(Facts.Contract.class);
  }
}
