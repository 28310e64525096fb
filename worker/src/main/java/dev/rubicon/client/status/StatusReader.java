package dev.rubicon.client.status;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.message.RolloutStatus.PhaseRun;
import dev.rubicon.message.RolloutStatus.Source;
import dev.rubicon.message.RolloutStatus.State;
import dev.rubicon.message.RolloutStatus.Way;
import dev.rubicon.rollout.Phase;
import dev.rubicon.temporal.Execution;
import dev.rubicon.temporal.Executions;
import dev.rubicon.temporal.TemporalConnection;
import dev.rubicon.temporal.TemporalFailures;
import dev.rubicon.temporal.WorkflowTasks;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Where a target's rollout stands. The workflow itself is queried; the ledger's last status
 * replaces it where it does not answer, and where it was terminated.
 */
public final class StatusReader {
  private final Supplier<TemporalConnection> temporal;
  private final LedgerStatusReader ledger;

  /**
   * @param temporal connects, or fails with {@code TEMPORAL_UNREACHABLE}
   */
  public StatusReader(Supplier<TemporalConnection> temporal, Ledger ledger) {
    this.temporal = temporal;
    this.ledger = new LedgerStatusReader(ledger);
  }

  /**
   * @throws RubiconException {@code ROLLOUT_UNKNOWN} where neither Temporal nor the ledger knows
   *     one
   */
  public TargetStatus read(String target) {
    Optional<Execution> latest;
    try {
      latest = new Executions(temporal.get()).latest(target);
    } catch (RubiconException e) {
      if (e.code() != ErrorCode.TEMPORAL_UNREACHABLE) {
        throw e;
      }
      LedgerStatusReader.Recorded recorded = ledger.latest(target).orElseThrow(() -> e);
      return TargetStatus.fromLedger(recorded.status(), recorded.at(), e.getMessage(), List.of());
    }
    if (latest.isPresent()) {
      return read(target, latest.get());
    }
    LedgerStatusReader.Recorded recorded =
        ledger
            .latest(target)
            .orElseThrow(
                () ->
                    new RubiconException(
                        ErrorCode.ROLLOUT_UNKNOWN,
                        "neither Temporal nor the ledger knows a rollout of " + target,
                        "rubicon launch --target " + target + " --runbook DIR"));
    String because = "Temporal does not know its execution any more";
    RolloutStatus status =
        recorded.status().state().ended()
            ? recorded.status()
            : terminated(recorded.status(), because, recorded.at());
    return TargetStatus.fromLedger(status, recorded.at(), because, List.of());
  }

  private TargetStatus read(String target, Execution execution) {
    List<LiveProgress> live =
        Heartbeats.of(execution, temporal.get().client().getOptions().getDataConverter());
    Optional<String> outside = execution.endedFromOutside();
    if (outside.isPresent()) {
      Instant at = execution.closed().orElseGet(Instant::now);
      LedgerStatusReader.Recorded recorded = recorded(target, execution);
      return TargetStatus.fromLedger(
          terminated(recorded.status(), outside.get() + " at " + at, at),
          recorded.at(),
          "Temporal says that " + outside.get(),
          List.of());
    }
    Optional<String> failing = new WorkflowTasks(temporal.get()).failing(execution);
    if (failing.isPresent()) {
      LedgerStatusReader.Recorded recorded = recorded(target, execution);
      String because = "Temporal's workflow tasks for it fail: " + failing.get();
      return TargetStatus.fromLedger(recorded.status(), recorded.at(), because, live);
    }
    return asked(target, execution, live);
  }

  private TargetStatus asked(String target, Execution execution, List<LiveProgress> live) {
    String because;
    try {
      RolloutStatus status =
          new Executions(temporal.get())
              .stub(execution.workflowId(), execution.runId())
              .query("status", RolloutStatus.class);
      if (execution.running() || status.state().ended()) {
        return TargetStatus.fromWorkflow(explained(target, execution, status), live);
      }
      because = "Temporal has closed its execution";
    } catch (RuntimeException e) {
      because = TemporalFailures.unasked(e);
    }
    LedgerStatusReader.Recorded recorded = recorded(target, execution);
    return TargetStatus.fromLedger(recorded.status(), recorded.at(), because, live);
  }

  /** A workflow that failed cannot always say why; the ledger can. */
  private RolloutStatus explained(String target, Execution execution, RolloutStatus status) {
    return status.state() == State.FAILED && status.held().isEmpty()
        ? with(status, status.state(), recorded(target, execution).status().held(), status.ways())
        : status;
  }

  /** The ledger's status of that execution; the launch's own where no worker took it up. */
  private LedgerStatusReader.Recorded recorded(String target, Execution execution) {
    return ledger.of(target, execution).orElseGet(() -> launched(target, execution));
  }

  private static LedgerStatusReader.Recorded launched(String target, Execution execution) {
    var status =
        new RolloutStatus(
            execution.noted("rollout").orElse(""),
            execution.runId(),
            target,
            execution.noted("runbook").orElse(""),
            execution.noted("requestedBy").orElse(""),
            execution.ofContract(target) ? Phase.CONTRACT : Phase.PREFLIGHT,
            State.RUNNING,
            1,
            Optional.empty(),
            Optional.empty(),
            List.of(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false,
            0,
            List.of(),
            List.of(),
            Source.LEDGER);
    return new LedgerStatusReader.Recorded(status, execution.started());
  }

  /** Nothing runs any more, whatever the last recorded status says. */
  private static RolloutStatus terminated(RolloutStatus s, String cause, Instant at) {
    boolean contract = s.phase() == Phase.CONTRACT;
    var failure =
        new RolloutStatus.Failure(
            ErrorCode.ROLLOUT_TERMINATED.name(),
            cause,
            contract
                ? "what it removed stays removed; a contract that is launched again does the rest"
                : "what it installed stays, and stays correct; the same bundle, launched again,"
                    + " goes on from there");
    RolloutStatus ended =
        with(
            s,
            State.TERMINATED,
            Optional.of(failure),
            List.of(contract ? Way.CONTRACT : Way.LAUNCH));
    return withPhases(ended, s.phases().stream().map(run -> stopped(run, at)).toList());
  }

  private static PhaseRun stopped(PhaseRun run, Instant at) {
    return run.outcome().equals("running")
        ? new PhaseRun(
            run.phase(), run.round(), "stopped", run.started(), Optional.of(at), run.summary())
        : run;
  }

  /** The same with another state; what it waited for and its limits are over. */
  private static RolloutStatus with(
      RolloutStatus s, State state, Optional<RolloutStatus.Failure> why, List<Way> ways) {
    return new RolloutStatus(
        s.rollout(),
        s.run(),
        s.target(),
        s.runbook(),
        s.requestedBy(),
        s.phase(),
        state,
        s.round(),
        s.digest(),
        Optional.empty(),
        List.of(),
        List.of(),
        Optional.empty(),
        why,
        Optional.empty(),
        false,
        0,
        ways,
        s.phases(),
        s.source());
  }

  private static RolloutStatus withPhases(RolloutStatus s, List<PhaseRun> phases) {
    return new RolloutStatus(
        s.rollout(),
        s.run(),
        s.target(),
        s.runbook(),
        s.requestedBy(),
        s.phase(),
        s.state(),
        s.round(),
        s.digest(),
        s.waitingFor(),
        s.clients(),
        s.signOffs(),
        s.windowOpens(),
        s.held(),
        s.voided(),
        s.paused(),
        s.rowsPerSecond(),
        s.ways(),
        phases,
        s.source());
  }

  /**
   * Live rollouts of the ledger whose execution was ended from outside, with the state that they
   * have then; all others as they are. Temporal is asked for live ones only.
   *
   * @throws RubiconException {@code TEMPORAL_UNREACHABLE}
   */
  public LedgerRollout settled(LedgerRollout rollout) {
    if (!rollout.live()) {
      return rollout;
    }
    boolean gone =
        new Executions(temporal.get())
            .find(rollout.workflowId())
            .filter(execution -> execution.noted("rollout").equals(Optional.of(rollout.id())))
            .filter(execution -> execution.endedFromOutside().isEmpty())
            .isEmpty();
    return gone ? rollout.terminated() : rollout;
  }
}
