package dev.rubicon.client;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.BundleStore;
import dev.rubicon.client.status.Heartbeats;
import dev.rubicon.client.status.LiveProgress;
import dev.rubicon.client.status.StatusReader;
import dev.rubicon.client.status.TargetStatus;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.message.Decision;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.signing.Signer;
import dev.rubicon.temporal.Executions;
import dev.rubicon.temporal.LazyTemporal;
import dev.rubicon.temporal.TemporalConnection;
import dev.rubicon.workflow.ContractWorkflow;
import dev.rubicon.workflow.RolloutWorkflow;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The verbs: what the command line and the HTTP API ask of running rollouts. A rollout is addressed
 * by its target, because a target has at most one.
 */
public final class Rollouts implements AutoCloseable {
  /** How long a decision is waited for, and valid, unless its sender says otherwise. */
  public static final Duration PATIENCE = Duration.ofMinutes(1);

  private final RubiconConfig config;
  private final LazyTemporal temporal;
  private final Ledger ledger;
  private final Duration patience;

  private Rollouts(RubiconConfig config, LazyTemporal temporal, Ledger ledger, Duration patience) {
    this.config = config;
    this.temporal = temporal;
    this.ledger = ledger;
    this.patience = patience;
  }

  public Rollouts(RubiconConfig config, TemporalConnection temporal, Ledger ledger) {
    this(config, LazyTemporal.of(temporal), ledger, PATIENCE);
  }

  /** Connects when first needed: what the ledger can answer, it answers without Temporal. */
  public static Rollouts open(RubiconConfig config) {
    return new Rollouts(
        config, LazyTemporal.to(config.temporal()), Ledger.open(config.ledger()), PATIENCE);
  }

  /** The same, whose decisions are waited for, and valid, for so long. */
  public Rollouts waiting(Duration atMost) {
    return new Rollouts(config, temporal, ledger, atMost);
  }

  public RubiconConfig config() {
    return config;
  }

  /** Connects, or fails with {@code TEMPORAL_UNREACHABLE}. */
  public TemporalConnection temporal() {
    return temporal.get();
  }

  private Executions executions() {
    return new Executions(temporal());
  }

  private Endings endings() {
    return new Endings(executions(), ledger);
  }

  /** The bundle, or what it comes to on the target where it says only what changes. */
  public Bundle longForm(Bundle bundle, String target, ObjectStore store) {
    return LongForms.of(config, bundle, config.target(target), new BundleStore(store), ledger);
  }

  /** Starts a rollout of a bundle that is stored already. */
  public Launch launch(Bundle bundle, String target, Principal principal) {
    config.target(target);
    endings().await(RolloutWorkflow.workflowId(target));
    return new Launcher(config, temporal()).rollout(bundle, target, principal);
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

  /** The rollout that has done all that a launch of this bundle would do. */
  public Optional<LedgerRollout> nothingToDo(Bundle bundle, String target) {
    requireNoneRunning(target);
    return NothingToDo.find(config, ledger, bundle, target);
  }

  /**
   * Says early what {@link #launch} would be refused with; the launch itself is what is safe
   * against two at once.
   */
  public void requireNoneRunning(String target) {
    config.target(target);
    for (String id :
        List.of(RolloutWorkflow.workflowId(target), ContractWorkflow.workflowId(target))) {
      if (!endings().await(id)) {
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
    endings().await(ContractWorkflow.workflowId(target));
    return new Launcher(config, temporal()).contract(last, bundle, principal);
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

  /** Rollouts of the ledger, newest first, each with the state that {@link #targetStatus} shows. */
  public Listing list() {
    List<LedgerRollout> entered = ledger.rollouts();
    var reader = new StatusReader(temporal, ledger);
    try {
      return new Listing(entered.stream().map(reader::settled).toList(), Optional.empty());
    } catch (RubiconException e) {
      if (e.code() != ErrorCode.TEMPORAL_UNREACHABLE) {
        throw e;
      }
      return new Listing(entered, Optional.of(e.getMessage()));
    }
  }

  /** One of them. */
  public LedgerRollout rollout(String id) {
    LedgerRollout entered = ledger.rollout(id);
    try {
      return new StatusReader(temporal, ledger).settled(entered);
    } catch (RubiconException e) {
      if (e.code() != ErrorCode.TEMPORAL_UNREACHABLE) {
        throw e;
      }
      return entered;
    }
  }

  /**
   * @param because why Temporal was not asked whether they still run; empty where it was
   */
  public record Listing(List<LedgerRollout> rollouts, Optional<String> because) {}

  public Ledger ledger() {
    return ledger;
  }

  /** Where the target's rollout stands, with the source. */
  public TargetStatus targetStatus(String target) {
    config.target(target);
    TargetStatus read = new StatusReader(temporal, ledger).read(target);
    try {
      return read.marking(ledger.decisions().approvals(read.status().rollout()));
    } catch (RubiconException e) {
      // The workflow's word stands without the ledger's.
      return read;
    }
  }

  /** Where the target's rollout stands, from either source. */
  public RolloutStatus status(String target) {
    return targetStatus(target).status();
  }

  /** What the target's running activities last said; no worker has to answer for that. */
  public List<LiveProgress> live(String target) {
    return executions()
        .find(executions().current(target))
        .map(run -> Heartbeats.of(run, temporal().client().getOptions().getDataConverter()))
        .orElse(List.of());
  }

  public RolloutStatus approve(
      String target, Runbook.Gate gate, String digest, Principal principal, String reason) {
    var send =
        gate == Runbook.Gate.CONTRACT
            ? decisions(target, principal, reason).ofContract()
            : decisions(target, principal, reason);
    return send.send("approve", by -> new Decision.Approve(gate, digest, by));
  }

  public RolloutStatus signOff(String target, String item, Principal principal, String reason) {
    return decisions(target, principal, reason)
        .ofCurrent()
        .send("signOff", by -> new Decision.SignOff(item, by));
  }

  public RolloutStatus pause(String target, Principal principal, String reason) {
    return decisions(target, principal, reason).send("pause", Decision.Pause::new);
  }

  /** Of the contract execution when that is what runs. */
  public RolloutStatus resume(String target, Principal principal, String reason) {
    return decisions(target, principal, reason).ofCurrent().send("resume", Decision.Resume::new);
  }

  /**
   * @param rowsPerSecond 0 lifts the limit
   */
  public RolloutStatus throttle(
      String target, long rowsPerSecond, Principal principal, String reason) {
    return decisions(target, principal, reason)
        .send("throttle", by -> new Decision.Throttle(rowsPerSecond, by));
  }

  /** Ends the rollout, or the contract execution when that is what runs. */
  public RolloutStatus abort(String target, Principal principal, String reason) {
    return decisions(target, principal, reason).ofCurrent().send("abort", Decision.Abort::new);
  }

  public RolloutStatus rollback(String target, Principal principal, String reason) {
    return rollback(target, List.of(), principal, reason);
  }

  /**
   * @param losing relations that may lose rows
   */
  public RolloutStatus rollback(
      String target, List<String> losing, Principal principal, String reason) {
    return decisions(target, principal, reason)
        .send("rollback", by -> new Decision.Rollback(losing, by));
  }

  public RolloutStatus extendWatch(String target, Duration by, Principal principal, String reason) {
    return decisions(target, principal, reason)
        .send("extendWatch", author -> new Decision.ExtendWatch(by, author));
  }

  private DecisionSender decisions(String target, Principal principal, String reason) {
    config.target(target);
    return new DecisionSender(
        temporal, ledger, () -> Signer.of(config.signing()), target, principal, reason, patience);
  }

  @Override
  public void close() {
    ledger.close();
    temporal.close();
  }

  private static String subject(String target) {
    return "the rollout of " + target;
  }
}
