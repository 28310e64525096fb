package dev.rubicon.ledger;

import dev.rubicon.engine.Progress;
import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.ledger.entry.PhaseEntry;
import dev.rubicon.ledger.entry.StatusEntry;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.message.RolloutStatus.Failure;
import dev.rubicon.message.RolloutStatus.PhaseRun;
import dev.rubicon.message.RolloutStatus.Source;
import dev.rubicon.message.RolloutStatus.State;
import dev.rubicon.message.RolloutStatus.Way;
import dev.rubicon.rollout.Phase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A rollout's status by the ledger: what its workflow last reported, with the phases as activities
 * have entered them since.
 */
public final class LedgerStatus {
  /** What is said to a running workflow; the other ways lead on after the end. */
  private static final Set<Way> OF_WAITS = Set.of(Way.APPROVE, Way.SIGN_OFF, Way.RESUME);

  private LedgerStatus() {}

  /**
   * @param entered the ledger's phases of that rollout
   * @param control what the operator last said
   */
  public static RolloutStatus of(
      LedgerRollout rollout, List<PhaseEntry> entered, Progress.Control control) {
    List<PhaseEntry> own = entered.stream().filter(entry -> !contract(entry)).toList();
    return rollout
        .told()
        .map(told -> refreshed(told, own))
        .filter(status -> !rollout.state().equals("superseded"))
        .orElseGet(() -> fromColumns(rollout, own, control));
  }

  /**
   * The same of a contract execution.
   *
   * @param entered the ledger's phases of the rollout that it belongs to
   */
  public static RolloutStatus ofContract(StatusEntry told, List<PhaseEntry> entered) {
    return refreshed(told, entered.stream().filter(LedgerStatus::contract).toList());
  }

  private static boolean contract(PhaseEntry entry) {
    return entry.phase().equals(Phase.CONTRACT.word());
  }

  /**
   * The same status with newer phases. A phase that began after the workflow last reported means
   * that what it waited for, or what held it, is over.
   */
  static RolloutStatus refreshed(StatusEntry told, List<PhaseEntry> entered) {
    RolloutStatus s = told.status();
    List<PhaseRun> phases = merged(s.phases(), entered);
    Optional<PhaseRun> since =
        phases.isEmpty() || s.state().ended()
            ? Optional.empty()
            : Optional.of(phases.getLast()).filter(run -> run.started().isAfter(told.at()));
    if (since.isEmpty()) {
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
          Source.LEDGER);
    }
    return new RolloutStatus(
        s.rollout(),
        s.run(),
        s.target(),
        s.runbook(),
        s.requestedBy(),
        since.get().phase(),
        State.RUNNING,
        since.get().round(),
        s.digest(),
        Optional.empty(),
        List.of(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        s.paused(),
        s.rowsPerSecond(),
        s.ways().stream().filter(way -> !OF_WAITS.contains(way)).toList(),
        phases,
        Source.LEDGER);
  }

  private static List<PhaseRun> merged(List<PhaseRun> told, List<PhaseEntry> entered) {
    var phases = new ArrayList<>(told);
    for (PhaseEntry entry : entered) {
      int at = lastOf(phases, entry);
      boolean another =
          at < 0 || phases.get(at).ended().filter(end -> entry.started().isAfter(end)).isPresent();
      if (another) {
        phases.add(run(entry, entry.started()));
      } else if (phases.get(at).outcome().equals("running")) {
        phases.set(at, run(entry, phases.get(at).started()));
      }
    }
    phases.sort(Comparator.comparing(PhaseRun::started));
    return List.copyOf(phases);
  }

  private static int lastOf(List<PhaseRun> phases, PhaseEntry entry) {
    for (int i = phases.size() - 1; i >= 0; i--) {
      PhaseRun run = phases.get(i);
      if (run.phase().word().equals(entry.phase()) && run.round() == entry.round()) {
        return i;
      }
    }
    return -1;
  }

  private static PhaseRun run(PhaseEntry entry, Instant started) {
    return new PhaseRun(
        Phase.of(entry.phase()),
        entry.round(),
        entry.outcome(),
        started,
        entry.ended(),
        entry.summary());
  }

  /** Of a rollout whose workflow reported nothing yet, or that was superseded. */
  private static RolloutStatus fromColumns(
      LedgerRollout rollout, List<PhaseEntry> entered, Progress.Control control) {
    State state =
        switch (rollout.state()) {
          case "waiting" -> State.WAITING;
          case "held" -> State.HELD;
          case "completed" -> State.COMPLETED;
          case "aborted" -> State.ABORTED;
          case "failed" -> State.FAILED;
          case "superseded" -> State.TERMINATED;
          default -> State.RUNNING;
        };
    return new RolloutStatus(
        rollout.id(),
        rollout.runId(),
        rollout.target(),
        rollout.runbook(),
        rollout.requestedBy(),
        rollout.phase().isEmpty() ? Phase.PREFLIGHT : Phase.of(rollout.phase()),
        state,
        rollout.round(),
        Optional.of(rollout.digest()).filter(digest -> !digest.isEmpty()),
        Optional.empty(),
        List.of(),
        List.of(),
        Optional.empty(),
        why(rollout, state),
        Optional.empty(),
        control.paused(),
        control.rowsPerSecond(),
        List.of(),
        entered.stream().map(entry -> run(entry, entry.started())).toList(),
        Source.LEDGER);
  }

  /** What holds it, or how it ended; notes and outcomes are {@code CODE: cause}. */
  private static Optional<Failure> why(LedgerRollout rollout, State state) {
    String said =
        switch (state) {
          case HELD -> rollout.note();
          case FAILED -> rollout.outcome().replaceFirst("^failed: ", "");
          case TERMINATED ->
              rollout
                  .supersededBy()
                  .map(by -> "ROLLOUT_TERMINATED: " + by + " was launched in its place")
                  .orElse("");
          case RUNNING, WAITING, COMPLETED, ABORTED -> "";
        };
    int colon = said.indexOf(": ");
    return colon > 0 && said.substring(0, colon).matches("[A-Z_]+")
        ? Optional.of(
            new Failure(said.substring(0, colon), said.substring(colon + 2), "rubicon audit"))
        : Optional.empty();
  }
}
