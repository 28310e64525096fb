package dev.rubicon.workflow;

import dev.rubicon.machine.state.Course;
import dev.rubicon.machine.state.End;
import dev.rubicon.machine.state.Event;
import dev.rubicon.machine.state.State;
import dev.rubicon.machine.state.Story;
import dev.rubicon.message.Decision;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.util.List;
import java.util.Optional;

/** Asks, then removes the way back; the same machine as a rollout's, from another beginning. */
public final class ContractWorkflowImpl implements ContractWorkflow {
  private final RolloutRequest request;
  private final Execution execution;
  private Optional<Facts.Contract> facts = Optional.empty();

  @WorkflowInit
  public ContractWorkflowImpl(RolloutRequest request) {
    this.request = request;
    this.execution = new Execution(Story.contract(request));
  }

  @Override
  public Facts.Contract run(RolloutRequest ignoredSameAsInit) {
    End end = execution.run(this::perform).end();
    if (end.failure().isPresent()) {
      throw Failures.of(end.failure().get());
    }
    if (execution.story().course().leaving() != Course.Leaving.NO) {
      throw new CanceledFailure(end.outcome());
    }
    return facts.orElseGet(() -> new Facts.Contract("", List.of()));
  }

  private Event.Outcome perform(State.Step step) {
    return switch (step) {
      case State.ContractStep contract -> perform(contract);
      case State.SharedStep shared -> Bookkeeping.perform(shared, execution);
      case State.RolloutStep rollout ->
          throw new IllegalStateException("a contract has no " + rollout);
    };
  }

  private Event.Outcome perform(State.ContractStep step) {
    return switch (step) {
      case State.OpeningContract _ -> {
        var opening =
            ActivityStubs.control(
                    "open contract of " + request.runbook() + " on " + request.target())
                .openContract(
                    request,
                    Workflow.getInfo().getWorkflowId(),
                    Workflow.getInfo().getRunId(),
                    Workflow.getInfo().getOriginalExecutionRunId());
        yield new Event.ContractOpened(opening.plan(), opening.identity(), opening.requester());
      }
      case State.FindingContractFingerprint _ ->
          new Event.FingerprintFound(
              ActivityStubs.control("fingerprint the target").fingerprint(input()));
      case State.CheckingContract(var approved) ->
          new Event.TargetChecked(
              ActivityStubs.control("is the target still the one that was shown?")
                  .unchanged(input(), approved.fingerprint()));
      case State.Contracting _ -> {
        Facts.Contract removed =
            execution
                .log()
                .facts(
                    ActivityStubs.ddl(
                            "remove what legacy left behind",
                            execution.story().plan().heartbeatTimeout())
                        .contract(input()));
        facts = Optional.of(removed);
        yield new Event.Contracted(removed);
      }
    };
  }

  private PhaseInput input() {
    return execution.log().input(Phase.CONTRACT, execution.story());
  }

  @Override
  public void checkApprove(Decision.Approve approval) {
    Bounds.check(approval);
  }

  @Override
  public RolloutStatus approve(Decision.Approve approval) {
    return execution.receive(approval);
  }

  @Override
  public void checkSignOff(Decision.SignOff signOff) {
    Bounds.check(signOff);
  }

  @Override
  public RolloutStatus signOff(Decision.SignOff signOff) {
    return execution.receive(signOff);
  }

  @Override
  public void checkResume(Decision.Resume resume) {
    Bounds.check(resume);
  }

  @Override
  public RolloutStatus resume(Decision.Resume resume) {
    return execution.receive(resume);
  }

  @Override
  public void checkAbort(Decision.Abort abort) {
    Bounds.check(abort);
  }

  @Override
  public RolloutStatus abort(Decision.Abort abort) {
    return execution.receive(abort);
  }

  @Override
  public RolloutStatus status() {
    return execution.status();
  }
}
