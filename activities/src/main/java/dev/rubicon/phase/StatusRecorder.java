package dev.rubicon.phase;

import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.notify.Notification;
import dev.rubicon.rollout.AuditHead;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.workflow.ContractWorkflow;
import io.temporal.activity.Activity;
import java.util.List;
import java.util.Map;

/** Enters in the ledger where an execution stands and how it ended, and notifies the webhook. */
final class StatusRecorder {
  private final PhaseServices services;

  StatusRecorder(PhaseServices services) {
    this.services = services;
  }

  void stands(PhaseInput input, RolloutStatus status) {
    String note = Notes.of(status);
    boolean held = status.state() == RolloutStatus.State.HELD;
    if (held && running(input)) {
      // Retries are over; without this a phase that failed for transient trouble runs
      // forever.
      services.ledger.phases().ended(input, "failed", note, Map.of());
    }
    settle(input, status);
    boolean other =
        input.phase() == Phase.CONTRACT
            ? services
                .ledger
                .statuses()
                .updateContract(
                    input.rollout(), ContractWorkflow.workflowId(input.target()), status)
            : services.ledger.statuses().update(input.rollout(), status, note);
    // A first attempt may have entered it, but sent no notification.
    boolean news = other || Activity.getExecutionContext().getInfo().getAttempt() > 1;
    if (news && held) {
      notify(input, Notification.Event.FAILED, note);
    } else if (news && status.state() == RolloutStatus.State.WAITING) {
      notify(input, Notification.Event.WAITING, note);
    }
  }

  void ended(
      PhaseInput input,
      RolloutStatus status,
      String outcome,
      int crossings,
      String fingerprint,
      AuditHead seen) {
    settle(input, status);
    services
        .ledger
        .statuses()
        .end(
            input.rollout(),
            new LedgerRollout.End(status.state().word(), outcome, crossings, fingerprint),
            status,
            seen);
    notify(
        input,
        switch (status.state()) {
          case COMPLETED -> Notification.Event.COMPLETED;
          case ABORTED -> Notification.Event.ABORTED;
          default -> Notification.Event.FAILED;
        },
        outcome);
  }

  void contractEnded(PhaseInput input, RolloutStatus status, AuditHead seen) {
    settle(input, status);
    services.ledger.statuses().contractEnded(input.rollout(), status, seen);
  }

  /**
   * A phase that was cancelled after its worker died has not reported its end: the workflow knows
   * it.
   */
  private void settle(PhaseInput input, RolloutStatus status) {
    for (RolloutStatus.PhaseRun run : status.phases()) {
      PhaseInput of =
          new PhaseInput(
              input.rollout(),
              input.target(),
              input.bundle(),
              input.requestedBy(),
              run.phase(),
              run.round());
      if (run.outcome().equals("stopped") && running(of)) {
        services.ledger.phases().ended(of, "stopped", "called off", Map.of());
      }
    }
  }

  private boolean running(PhaseInput input) {
    return services.ledger.phases().of(input.rollout()).stream()
        .filter(run -> run.phase().equals(input.phase().word()) && run.round() == input.round())
        .anyMatch(run -> run.outcome().equals("running"));
  }

  private void notify(PhaseInput input, Notification.Event event, String text) {
    services.notifier.send(
        Notification.now(
            event,
            input.rollout(),
            // Not from the bundle: a notification must not need the object store.
            services.ledger.rollout(input.rollout()).runbook(),
            input.target(),
            input.phase().word(),
            text,
            List.of()));
  }
}
