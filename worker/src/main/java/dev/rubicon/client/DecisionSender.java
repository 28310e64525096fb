package dev.rubicon.client;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.message.Decision;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.signing.Signer;
import dev.rubicon.temporal.Execution;
import dev.rubicon.temporal.Executions;
import dev.rubicon.temporal.TemporalConnection;
import dev.rubicon.temporal.TemporalFailures;
import dev.rubicon.temporal.Updates;
import dev.rubicon.workflow.Bounds;
import dev.rubicon.workflow.ContractWorkflow;
import dev.rubicon.workflow.RolloutWorkflow;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One decision of one person on a target's execution. It is addressed to the run that is current
 * when it is made, and valid for as long as its sender waits.
 */
final class DecisionSender {
  private final Supplier<TemporalConnection> temporal;
  private final Ledger ledger;
  private final Supplier<Signer> signer;
  private final String target;
  private final Principal principal;
  private final String reason;
  private final Duration patience;
  private final Function<Executions, String> addressee;

  /** Addressed to the rollout. */
  DecisionSender(
      Supplier<TemporalConnection> temporal,
      Ledger ledger,
      Supplier<Signer> signer,
      String target,
      Principal principal,
      String reason,
      Duration patience) {
    this(
        temporal,
        ledger,
        signer,
        target,
        principal,
        reason,
        patience,
        executions -> RolloutWorkflow.workflowId(target));
  }

  private DecisionSender(
      Supplier<TemporalConnection> temporal,
      Ledger ledger,
      Supplier<Signer> signer,
      String target,
      Principal principal,
      String reason,
      Duration patience,
      Function<Executions, String> addressee) {
    this.temporal = temporal;
    this.ledger = ledger;
    this.signer = signer;
    this.target = target;
    this.principal = principal;
    this.reason = reason;
    this.patience = patience;
    this.addressee = addressee;
  }

  DecisionSender ofContract() {
    return to(executions -> ContractWorkflow.workflowId(target));
  }

  /** To the contract execution while one runs, to the rollout otherwise. */
  DecisionSender ofCurrent() {
    return to(executions -> executions.current(target));
  }

  private DecisionSender to(Function<Executions, String> other) {
    return new DecisionSender(temporal, ledger, signer, target, principal, reason, patience, other);
  }

  /**
   * Checks bounds, sends, and waits.
   *
   * @return where the rollout stands after it
   * @throws RubiconException {@code USAGE}, policy's code, or that of {@link Updates} when there is
   *     no answer in time
   */
  RolloutStatus send(String verb, Function<Decision.By, Decision> decision) {
    try {
      Bounds.check(decision.apply(by("not yet addressed")));
    } catch (RuntimeException e) {
      throw TemporalFailures.coded(e, subject());
    }
    var executions = new Executions(temporal.get());
    String workflowId = addressee.apply(executions);
    Execution current =
        executions.find(workflowId).filter(Execution::running).orElseThrow(this::notRunning);
    String run = current.runId();
    WorkflowStub stub = executions.stub(workflowId, run);
    RolloutStatus answer =
        new Updates(
                stub,
                subject(),
                patience,
                new Missing(temporal.get(), ledger, workflowId, run)::find)
            .send(
                verb,
                signer
                    .get()
                    .sign(
                        workflowId,
                        current.noted("rollout").orElse(""),
                        decision.apply(by(run)),
                        principal.knownBy()));
    return after(stub, answer);
  }

  private Decision.By by(String run) {
    return new Decision.By(principal.name(), reason, run, Instant.now().plus(patience));
  }

  /** The workflow may have gone on between its answer and now; what it says now is worth more. */
  private static RolloutStatus after(WorkflowStub stub, RolloutStatus answer) {
    try {
      return stub.query("status", RolloutStatus.class);
    } catch (RuntimeException notNow) {
      return answer;
    }
  }

  private String subject() {
    return "the rollout of " + target;
  }

  private RubiconException notRunning() {
    return new RubiconException(
        ErrorCode.ROLLOUT_UNKNOWN,
        subject() + " is not running, or Temporal does not know of it",
        "rubicon status --target "
            + target
            + "; launch one: rubicon launch --target "
            + target
            + " --runbook DIR");
  }
}
