package dev.rubicon.signing;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.message.Identity;
import dev.rubicon.message.Proof;
import dev.rubicon.message.SignedText;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.workflow.RolloutWorkflow;
import java.util.List;
import java.util.function.Supplier;

/**
 * Looks, before anything is done with a target, whether that belongs to a launch that is under way.
 * Only {@code open} enters a rollout, and it takes only what a worker has signed, once; so what the
 * ledger has, and has not ended, was launched by somebody who is known. Whoever writes to the
 * namespace can ask a worker for any activity, but for nothing that nobody launched.
 */
public final class SignedRollout {
  private final TrustedKeys keys;
  private final Ledger ledger;

  public SignedRollout(TrustedKeys keys, Ledger ledger) {
    this.keys = keys;
    this.ledger = ledger;
  }

  /**
   * Fails with {@code DECISION_FORGED} unless the execution that asks is the one that was launched,
   * or a Reset of it, also after its end.
   *
   * @param run that asks
   * @param firstRun of the execution that asks, as the server knows it
   */
  public void require(PhaseInput input, String run, Supplier<String> firstRun) {
    if (!keys.any()) {
      return;
    }
    LedgerRollout rollout =
        ledger
            .find(input.rollout())
            .orElseThrow(
                () ->
                    new RubiconException(
                        ErrorCode.LEDGER_BEHIND,
                        "the ledger does not know this rollout: nobody launched it, or the ledger"
                            + " was restored from an older dump",
                        "bring back what Temporal's history has of it: rubicon audit --reconcile;"
                            + " then try again"));
    if (!rollout.target().equals(input.target()) || !rollout.bundle().equals(input.bundle())) {
      throw refused("this is not what " + rollout.id() + " rolls out");
    }
    boolean live =
        input.phase() == Phase.CONTRACT
            ? ledger.statuses().contractRuns(input.rollout())
            : rollout.live();
    if (!live && !launched(input, run, firstRun)) {
      throw refused(rollout.id() + " has ended");
    }
    requireAsker(input, run, firstRun);
  }

  /**
   * The same for what is entered: whoever writes to the namespace can start executions, but none
   * under the run that a signed launch has started. A rollout that was launched before keys were
   * configured has no such run.
   */
  public void requireAsker(PhaseInput input, String run, Supplier<String> firstRun) {
    if (keys.any()
        && ledger.signed().launched(input.rollout())
        && !launched(input, run, firstRun)) {
      throw refused("this is not the execution that was launched as " + input.rollout());
    }
  }

  /** The run that asks is the launch's own, but for a Reset's: so the server is asked last. */
  private boolean launched(PhaseInput input, String run, Supplier<String> firstRun) {
    return ledger.signed().launched(input.rollout(), run)
        || ledger.signed().launched(input.rollout(), firstRun.get());
  }

  /**
   * Fails with {@code DECISION_FORGED} unless somebody has signed that these rows may be lost.
   *
   * @param losing relations
   */
  public void requireLoss(PhaseInput input, List<String> losing) {
    if (!keys.any() || losing.isEmpty()) {
      return;
    }
    String workflowId = RolloutWorkflow.workflowId(input.target());
    boolean signed =
        ledger.signed().rollbacks(input.rollout()).stream()
            .filter(
                order ->
                    SignedText.losing(order.text(), workflowId, input.rollout())
                        .filter(losing::equals)
                        .isPresent())
            .anyMatch(
                order ->
                    keys.identify(order.text(), Proof.NONE.signed(order.signature()))
                        != Identity.FORGED);
    if (!signed) {
      throw refused("nobody has signed a rollback that may lose rows of " + losing);
    }
  }

  private static RubiconException refused(String cause) {
    return new RubiconException(
        ErrorCode.DECISION_FORGED,
        cause,
        "launch and decide through a worker's HTTP API; see docs/security.md");
  }
}
