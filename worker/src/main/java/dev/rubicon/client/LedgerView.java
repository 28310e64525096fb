package dev.rubicon.client;

import dev.rubicon.ledger.Ledger;
import dev.rubicon.ledger.LedgerRollout;
import dev.rubicon.ledger.PhaseEntry;
import dev.rubicon.rollout.Phase;
import dev.rubicon.workflow.RolloutStatus;
import java.util.List;
import java.util.Optional;

/** A rollout's status from the ledger, for when no worker answers and after Temporal forgot it. */
final class LedgerView {
  private LedgerView() {}

  static RolloutStatus status(Ledger ledger, LedgerRollout rollout) {
    RolloutStatus.State state =
        switch (rollout.state()) {
          case "waiting" -> RolloutStatus.State.WAITING;
          case "held" -> RolloutStatus.State.HELD;
          case "completed" -> RolloutStatus.State.COMPLETED;
          case "aborted" -> RolloutStatus.State.ABORTED;
          case "failed", "superseded" -> RolloutStatus.State.FAILED;
          default -> RolloutStatus.State.RUNNING;
        };
    var control = ledger.decisions().control(rollout.id());
    var status =
        new RolloutStatus(
            rollout.id(),
            rollout.target(),
            rollout.runbook(),
            rollout.requestedBy(),
            phase(rollout.phase()),
            state,
            rollout.round(),
            rollout.digest(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.of(rollout.note())
                .filter(note -> !note.isEmpty())
                .map(note -> failure(state, note)),
            control.paused(),
            control.rowsPerSecond(),
            ledger.phases().of(rollout.id()).stream().map(LedgerView::run).toList());
    return state == RolloutStatus.State.FAILED ? explain(status, rollout) : status;
  }

  /** The same status, with how it ended as what holds it. */
  static RolloutStatus explain(RolloutStatus s, LedgerRollout rollout) {
    return new RolloutStatus(
        s.rollout(),
        s.target(),
        s.runbook(),
        s.requestedBy(),
        s.phase(),
        s.state(),
        s.round(),
        s.digest(),
        s.waitingFor(),
        s.signOffs(),
        s.windowOpens(),
        Optional.of(rollout.outcome())
            .filter(outcome -> !outcome.isEmpty())
            .map(outcome -> failure(s.state(), outcome)),
        s.paused(),
        s.rowsPerSecond(),
        s.phases());
  }

  /**
   * @param said {@code CODE: cause}; an outcome has {@code failed: } before it
   */
  private static RolloutStatus.Failure failure(RolloutStatus.State state, String said) {
    String note = said.startsWith("failed: ") ? said.substring("failed: ".length()) : said;
    int colon = note.indexOf(": ");
    return colon > 0 && note.substring(0, colon).matches("[A-Z_]+")
        ? new RolloutStatus.Failure(
            note.substring(0, colon), note.substring(colon + 2), next(state))
        : new RolloutStatus.Failure(
            state.name(), note, "start a worker to learn more: rubicon worker");
  }

  private static String next(RolloutStatus.State state) {
    return state == RolloutStatus.State.FAILED
        ? "mend it, then launch again; the evidence: rubicon audit, rubicon report"
        : "rubicon status";
  }

  private static RolloutStatus.PhaseRun run(PhaseEntry entry) {
    return new RolloutStatus.PhaseRun(
        phase(entry.phase()),
        entry.round(),
        entry.outcome(),
        entry.started(),
        entry.ended(),
        entry.summary());
  }

  private static Phase phase(String word) {
    return word.isEmpty() ? Phase.PREFLIGHT : Phase.of(word);
  }
}
