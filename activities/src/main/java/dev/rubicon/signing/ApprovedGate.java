package dev.rubicon.signing;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.grade.Ceremony;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.ledger.SignedDecisions.SignedApproval;
import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.message.Identity;
import dev.rubicon.message.Proof;
import dev.rubicon.message.SignedText;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.workflow.ContractWorkflow;
import dev.rubicon.workflow.RolloutWorkflow;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Looks, right before the schema is changed, whether somebody has approved that. The workflow has
 * judged the approval; but whoever may write to the namespace can ask a worker for this activity
 * without it, so the worker that has the database's credentials looks for itself: in the ledger, by
 * the signature.
 */
public final class ApprovedGate {
  private final TrustedKeys keys;
  private final Ledger ledger;
  private final Function<String, Bundle> bundles;
  private final Demanded demanded;

  /** What policy and runbook demand at a gate. */
  public interface Demanded {
    Ceremony at(Runbook.Gate gate, String rollout, Bundle bundle);
  }

  /**
   * @param bundles by digest
   */
  public ApprovedGate(
      TrustedKeys keys, Ledger ledger, Function<String, Bundle> bundles, Demanded demanded) {
    this.keys = keys;
    this.ledger = ledger;
    this.bundles = bundles;
    this.demanded = demanded;
  }

  /** Fails with {@code APPROVAL_VOID} unless the gate has a signed approval, or asks for none. */
  public void require(PhaseInput input, Runbook.Gate gate) {
    require(input, gate, ledger.signed()::standing);
  }

  /** The same for what goes on behind a gate, where an approval may have become void since. */
  public void requireOnce(PhaseInput input, Runbook.Gate gate) {
    require(input, gate, ledger.signed()::everGranted);
  }

  private void require(
      PhaseInput input,
      Runbook.Gate gate,
      BiFunction<String, String, List<SignedApproval>> granted) {
    if (!keys.any()) {
      return;
    }
    LedgerRollout rollout = ledger.rollout(input.rollout());
    if (!rollout.target().equals(input.target()) || !rollout.bundle().equals(input.bundle())) {
      throw refused(gate, "this is not what " + rollout.id() + " rolls out");
    }
    Ceremony ceremony = demanded.at(gate, rollout.id(), bundles.apply(rollout.bundle()));
    if (!ceremony.gates().contains(gate.name().toLowerCase(Locale.ROOT))) {
      return;
    }
    boolean approved =
        granted.apply(rollout.id(), gate.name().toLowerCase(Locale.ROOT)).stream()
            .filter(
                approval ->
                    ceremony.selfApproval() || !approval.principal().equals(rollout.requestedBy()))
            .anyMatch(approval -> signed(approval, input, gate));
    if (!approved) {
      throw refused(
          gate, "no approval that counts is signed by a worker whose key is trusted here");
    }
  }

  private boolean signed(SignedApproval approval, PhaseInput input, Runbook.Gate gate) {
    String workflowId =
        gate == Runbook.Gate.CONTRACT
            ? ContractWorkflow.workflowId(input.target())
            : RolloutWorkflow.workflowId(input.target());
    return SignedText.approves(
            approval.text(),
            workflowId,
            input.rollout(),
            gate,
            approval.digest(),
            approval.principal())
        && keys.identify(approval.text(), Proof.NONE.signed(approval.signature()))
            != Identity.FORGED;
  }

  private static RubiconException refused(Runbook.Gate gate, String cause) {
    return new RubiconException(
        ErrorCode.APPROVAL_VOID,
        "gate " + gate.name().toLowerCase(Locale.ROOT) + ": " + cause,
        "approve it through a worker's HTTP API; see docs/security.md");
  }
}
