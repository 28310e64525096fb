package dev.rubicon.workflow;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.rollout.Plan;
import dev.rubicon.runbook.Runbook;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.util.Optional;

/** Asks, then removes the way back; a failure ends the execution, and a new launch converges. */
public final class ContractWorkflowImpl implements ContractWorkflow {
  private final RolloutRequest request;
  private final PhaseLog log;
  private final Gates gates;
  private final Steering steering = new Steering();
  private Plan plan;
  private String expected = "";
  private CancellationScope waiting;

  @WorkflowInit
  public ContractWorkflowImpl(RolloutRequest request) {
    this.request = request;
    this.log = new PhaseLog(request);
    this.gates = new Gates(request, log);
  }

  @Override
  public Facts.Contract run(RolloutRequest ignoredSameAsInit) {
    try {
      plan =
          Stubs.control("open contract of " + request.runbook() + " on " + request.target())
              .openContract(
                  request, Workflow.getInfo().getWorkflowId(), Workflow.getInfo().getRunId());
      waiting = Workflow.newCancellationScope(this::ask);
      waiting.run();
      log.started(Phase.CONTRACT);
      Facts.Contract facts =
          Stubs.ddl("remove what legacy left behind", plan.heartbeatTimeout()).contract(input());
      log.ended("done", String.join(", ", facts.actions()));
      end(RolloutStatus.State.COMPLETED, "contracted");
      return facts;
    } catch (CanceledFailure e) {
      Workflow.newDetachedCancellationScope(
              () -> end(RolloutStatus.State.ABORTED, "aborted; the target stays as it is"))
          .run();
      throw e;
    } catch (ActivityFailure e) {
      var failure = Failures.read(e);
      log.ended("failed", failure.code());
      end(RolloutStatus.State.FAILED, failure.code() + ": " + failure.cause());
      throw Failures.of(failure);
    }
  }

  private void ask() {
    do {
      gates.awaitSignOffs(plan, Phase.CONTRACT);
      expected = Stubs.control("fingerprint the target").fingerprint(input());
    } while (!gates.pass(
        plan, Runbook.Gate.CONTRACT, Digest.of(request.bundle(), expected, "contract")));
  }

  private void end(RolloutStatus.State state, String outcome) {
    Workflow.await(Workflow::isEveryHandlerFinished);
    Stubs.control("write the report")
        .closeContract(input(), state, Workflow.getInfo().getRunId(), outcome);
    // Only now: whoever sees it completed may fetch the report, and finds contract in it.
    log.become(state);
  }

  private PhaseInput input() {
    return log.input(Phase.CONTRACT);
  }

  @Override
  public RolloutStatus approve(Decision.Approval approval) {
    steering.alone(
        () ->
            gates.approve(
                plan,
                approval,
                () ->
                    Stubs.control("is the target still the one that was shown?")
                        .unchanged(input(), expected)));
    return status();
  }

  @Override
  public RolloutStatus signOff(Decision.SignOff signOff) {
    Workflow.await(() -> plan != null);
    steering.alone(() -> gates.signOff(plan, signOff));
    return status();
  }

  @Override
  public RolloutStatus abort(Decision.Order order) {
    steering.alone(
        () -> {
          if (waiting == null || gates.open().isEmpty()) {
            throw gates.refuse(
                order.principal(),
                "abort contract",
                "",
                ErrorCode.ABORT_IMPOSSIBLE,
                "contract does not wait at its gate any more",
                "rubicon status");
          }
          gates.order("abort contract", order);
          waiting.cancel("abort ordered by " + order.principal());
        });
    return status();
  }

  @Override
  public RolloutStatus status() {
    return new RolloutStatus(
        request.rollout(),
        request.target(),
        request.runbook(),
        request.requestedBy(),
        Phase.CONTRACT,
        log.state(),
        1,
        gates.open().isPresent() ? gates.digest() : "",
        gates.open(),
        gates.due(),
        Optional.empty(),
        Optional.empty(),
        false,
        0,
        log.runs());
  }
}
