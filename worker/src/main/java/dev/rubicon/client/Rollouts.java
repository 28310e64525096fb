package dev.rubicon.client;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.BundleStore;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.ledger.LedgerRollout;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.workflow.ContractWorkflow;
import dev.rubicon.workflow.Decision;
import dev.rubicon.workflow.RolloutStatus;
import dev.rubicon.workflow.RolloutWorkflow;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/**
 * The verbs: what the command line and the HTTP API ask of running rollouts. A rollout is addressed
 * by its target, because a target has at most one.
 */
public final class Rollouts implements AutoCloseable {
  private final RubiconConfig config;
  private final TemporalConnection temporal;
  private final Ledger ledger;
  private final Endings endings;

  public Rollouts(RubiconConfig config, TemporalConnection temporal, Ledger ledger) {
    this.config = config;
    this.temporal = temporal;
    this.ledger = ledger;
    this.endings = new Endings(temporal, ledger);
  }

  public static Rollouts open(RubiconConfig config) {
    return new Rollouts(
        config, TemporalConnection.open(config.temporal()), Ledger.open(config.ledger()));
  }

  public RubiconConfig config() {
    return config;
  }

  public TemporalConnection temporal() {
    return temporal;
  }

  /** Starts a rollout of a bundle that is stored already. */
  public Launch launch(Bundle bundle, String target, Principal principal) {
    config.target(target);
    endings.await(RolloutWorkflow.workflowId(target), subject(target));
    return new Launcher(config, temporal).rollout(bundle, target, principal);
  }

  /**
   * The whole of a launch: what would stop it later is refused now, its bundle is stored, and it is
   * started.
   */
  public Launch launch(Bundle bundle, String target, Principal principal, ObjectStore store) {
    requireNoneRunning(target);
    new LaunchChecks(config, bundle.runbook()).require(target, ledger, store);
    new BundleStore(store).put(bundle);
    return launch(bundle, target, principal);
  }

  /**
   * Says early what {@link #launch} would be refused with; the launch itself is what is safe
   * against two at once.
   */
  public void requireNoneRunning(String target) {
    config.target(target);
    for (String id :
        List.of(RolloutWorkflow.workflowId(target), ContractWorkflow.workflowId(target))) {
      if (!endings.await(id, subject(target))) {
        throw new RubiconException(
            ErrorCode.ROLLOUT_ALREADY_RUNNING,
            subject(target) + " is already running (" + id + ")",
            "rubicon status --target "
                + target
                + "; end it with rubicon abort, or wait until it is done");
      }
    }
  }

  /** Starts the execution that removes the way back, days after a completed rollout. */
  public Launch contract(BundleStore bundles, String target, Principal principal) {
    config.target(target);
    LedgerRollout last =
        ledger
            .latestFor(target)
            .orElseThrow(
                () ->
                    new RubiconException(
                        ErrorCode.ROLLOUT_UNKNOWN,
                        "the ledger knows no rollout of " + target,
                        "rubicon list"));
    if (!last.state().equals("completed")) {
      throw new RubiconException(
          ErrorCode.CONTRACT_NOT_DUE,
          "the last rollout of " + target + ", " + last.id() + ", is " + last.state(),
          "contract follows a completed rollout: rubicon status --target " + target);
    }
    Bundle bundle = bundles.get(last.bundle());
    endings.await(ContractWorkflow.workflowId(target), subject(target));
    return new Launcher(config, temporal).contract(last, bundle, principal);
  }

  /** The rollout of that id; the newest one when none is named. */
  public static LedgerRollout named(Ledger ledger, String id) {
    if (id != null) {
      return ledger.rollout(id);
    }
    return ledger.rollouts().stream()
        .findFirst()
        .orElseThrow(
            () ->
                new RubiconException(
                    ErrorCode.ROLLOUT_UNKNOWN,
                    "the ledger knows no rollout yet",
                    "rubicon launch --target T --runbook DIR"));
  }

  /** Rollouts, newest first. */
  public List<LedgerRollout> list() {
    return ledger.rollouts();
  }

  public Ledger ledger() {
    return ledger;
  }

  /**
   * Where the target's rollout stands, asked of its workflow; from the ledger when no worker
   * answers, or when Temporal does not know of it any more.
   */
  public RolloutStatus status(String target) {
    config.target(target);
    try {
      String id = latest(target);
      return explained(
          calling(
              subject(target),
              () ->
                  temporal
                      .client()
                      .newUntypedWorkflowStub(id)
                      .query("status", RolloutStatus.class)));
    } catch (RubiconException e) {
      if (e.code() != ErrorCode.TEMPORAL_UNREACHABLE && e.code() != ErrorCode.ROLLOUT_UNKNOWN) {
        throw e;
      }
      return ledger
          .latestFor(target)
          .map(last -> LedgerView.status(ledger, last))
          .orElseThrow(() -> e);
    }
  }

  /** A workflow that failed cannot say why any more; the ledger can. */
  private RolloutStatus explained(RolloutStatus status) {
    return status.state() == RolloutStatus.State.FAILED
            && status.held().isEmpty()
            && status.phase() != Phase.CONTRACT
        ? LedgerView.explain(status, ledger.rollout(status.rollout()))
        : status;
  }

  /** What the target's running activities last said. */
  public List<LiveProgress> live(String target) {
    try {
      return new Heartbeats(temporal).of(current(target));
    } catch (RubiconException e) {
      if (e.code() == ErrorCode.ROLLOUT_UNKNOWN) {
        return List.of();
      }
      throw e;
    }
  }

  public RolloutStatus approve(
      String target, Runbook.Gate gate, String digest, Principal principal, String reason) {
    var approval = new Decision.Approval(gate, digest, principal.name(), reason);
    String id =
        gate == Runbook.Gate.CONTRACT
            ? ContractWorkflow.workflowId(target)
            : RolloutWorkflow.workflowId(target);
    return update(target, id, "approve", approval);
  }

  public RolloutStatus signOff(String target, String item, Principal principal, String reason) {
    return update(
        target, current(target), "signOff", new Decision.SignOff(item, principal.name(), reason));
  }

  public RolloutStatus pause(String target, Principal principal, String reason) {
    return update(target, "pause", new Decision.Order(principal.name(), reason));
  }

  public RolloutStatus resume(String target, Principal principal, String reason) {
    return update(target, "resume", new Decision.Order(principal.name(), reason));
  }

  /**
   * @param rowsPerSecond 0 lifts the limit
   */
  public RolloutStatus throttle(
      String target, long rowsPerSecond, Principal principal, String reason) {
    return update(
        target, "throttle", new Decision.Throttle(rowsPerSecond, principal.name(), reason));
  }

  /** Ends the rollout, or the contract execution when that is what runs. */
  public RolloutStatus abort(String target, Principal principal, String reason) {
    return update(target, current(target), "abort", new Decision.Order(principal.name(), reason));
  }

  public RolloutStatus rollback(String target, Principal principal, String reason) {
    return update(target, "rollback", new Decision.Order(principal.name(), reason));
  }

  public RolloutStatus extendWatch(String target, Duration by, Principal principal, String reason) {
    return update(target, "extendWatch", new Decision.Extension(by, principal.name(), reason));
  }

  @Override
  public void close() {
    ledger.close();
    temporal.close();
  }

  private RolloutStatus update(String target, String verb, Object decision) {
    return update(target, RolloutWorkflow.workflowId(target), verb, decision);
  }

  private RolloutStatus update(String target, String workflowId, String verb, Object decision) {
    config.target(target);
    WorkflowStub stub = temporal.client().newUntypedWorkflowStub(workflowId);
    return new Updates(stub, subject(target)).send(verb, decision);
  }

  /** The contract execution while one runs, the rollout otherwise. */
  private String current(String target) {
    String contract = ContractWorkflow.workflowId(target);
    return endings.running(contract, subject(target)).isPresent()
        ? contract
        : RolloutWorkflow.workflowId(target);
  }

  /** Of rollout and contract execution the one that was started last, running or ended. */
  private String latest(String target) {
    String contract = ContractWorkflow.workflowId(target);
    String rollout = RolloutWorkflow.workflowId(target);
    Instant began = endings.started(rollout, subject(target)).orElse(Instant.MIN);
    return endings.started(contract, subject(target)).filter(began::isBefore).isPresent()
        ? contract
        : rollout;
  }

  private static <T> T calling(String subject, Supplier<T> call) {
    try {
      return call.get();
    } catch (RuntimeException e) {
      throw TemporalFailures.coded(e, subject);
    }
  }

  private static String subject(String target) {
    return "the rollout of " + target;
  }
}
