package dev.rubicon.ledger;

import dev.rubicon.workflow.RolloutRequest;
import dev.rubicon.workflow.RolloutStatus;
import java.util.Map;

/** What an activity that keeps the books does to them, as its input says. */
public sealed interface Act {

  /** Its entry in the trail. */
  Deed deed();

  /** A decision, a refusal, a gate. */
  record Entered(Deed deed) implements Act {}

  record Launched(LedgerRollout.Launch launch) implements Act {
    @Override
    public Deed deed() {
      return new Deed(
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

  record Ended(String rollout, LedgerRollout.End end, RolloutStatus status) implements Act {
    @Override
    public Deed deed() {
      return new Deed(
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
  record ContractStarted(RolloutRequest of, String workflowId, String runId) implements Act {
    @Override
    public Deed deed() {
      return new Deed(
          "contract/" + runId + "/started",
          of.rollout(),
          of.requestedBy(),
          "contract-launched",
          Map.of("workflowId", workflowId, "runId", runId));
    }
  }

  record ContractEnded(String rollout, RolloutStatus status) implements Act {
    @Override
    public Deed deed() {
      return new Deed(
          "contract/" + status.run() + "/ended",
          rollout,
          "rubicon",
          "contract-" + status.state().word(),
          Map.of("runId", status.run()));
    }
  }
}
