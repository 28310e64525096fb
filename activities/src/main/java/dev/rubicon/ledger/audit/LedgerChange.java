package dev.rubicon.ledger.audit;

import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.message.RolloutStatus;
import java.util.Map;

/** What an activity writes to the ledger, as its input says. */
public sealed interface LedgerChange {

  /** The entry that it appends to the audit trail. */
  NewAuditEntry newEntry();

  /** A decision, a refusal, a gate. */
  record Entered(NewAuditEntry newEntry) implements LedgerChange {}

  record Launched(LedgerRollout.Launch launch) implements LedgerChange {
    @Override
    public NewAuditEntry newEntry() {
      return new NewAuditEntry(
          "launched",
          launch.id(),
          launch.requestedBy(),
          "launched",
          Map.of(
              "id", launch.id(),
              "target", launch.target(),
              "bundle", launch.bundle(),
              "runbook", launch.runbook(),
              "title", launch.title(),
              "requestedBy", launch.requestedBy(),
              "workflowId", launch.workflowId(),
              "runId", launch.runId()));
    }
  }

  record Ended(String rollout, LedgerRollout.End end, RolloutStatus status)
      implements LedgerChange {
    @Override
    public NewAuditEntry newEntry() {
      return new NewAuditEntry(
          "ended",
          rollout,
          "rubicon",
          end.state(),
          Map.of(
              "state", end.state(),
              "outcome", end.outcome(),
              "crossings", end.crossings(),
              "fingerprint", end.fingerprint()));
    }
  }

  /**
   * @param of what its request says of the rollout that it ends
   */
  record ContractStarted(RolloutRequest of, String workflowId, String runId)
      implements LedgerChange {
    @Override
    public NewAuditEntry newEntry() {
      return new NewAuditEntry(
          "contract/" + runId + "/started",
          of.rollout(),
          of.requestedBy(),
          "contract-launched",
          Map.of("workflowId", workflowId, "runId", runId));
    }
  }

  record ContractEnded(String rollout, RolloutStatus status) implements LedgerChange {
    @Override
    public NewAuditEntry newEntry() {
      return new NewAuditEntry(
          "contract/" + status.run() + "/ended",
          rollout,
          "rubicon",
          "contract-" + status.state().word(),
          Map.of("runId", status.run()));
    }
  }
}
