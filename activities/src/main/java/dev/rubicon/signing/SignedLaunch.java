package dev.rubicon.signing;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.ledger.audit.Forgeries;
import dev.rubicon.ledger.audit.NewAuditEntry;
import dev.rubicon.message.Identity;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.message.SignedText;

/**
 * Whether a worker has signed a launch, and whether it starts for the first time; what is neither
 * is entered in the trail as nobody's.
 */
public final class SignedLaunch {
  private SignedLaunch() {}

  /**
   * Who launches, before anything is entered: a forgery may name another's rollout.
   *
   * @param firstRun of the execution; a Reset's run belongs to the same launch. Null where a worker
   *     of before asks
   */
  public static Identity requester(
      TrustedKeys keys,
      Ledger ledger,
      RolloutRequest request,
      String workflowId,
      String runId,
      String firstRun) {
    String text = SignedText.of(workflowId, request);
    Identity known = keys.identify(text, request.proof());
    if (known == Identity.FORGED) {
      throw forged(
          ledger, request, runId, "the launch is not signed by a worker whose key is trusted here");
    }
    if (keys.any()) {
      String first = firstRun == null || firstRun.isEmpty() ? runId : firstRun;
      var entry = NewAuditEntry.signedLaunch(first, request, text);
      if (!ledger.signed().firstTo(entry, NewAuditEntry.FIRST_RUN)) {
        throw forged(ledger, request, runId, "the launch's signature was used before");
      }
    }
    return known;
  }

  private static RubiconException forged(
      Ledger ledger, RolloutRequest request, String runId, String cause) {
    ledger.decisions().note(Forgeries.launch(runId, request, cause));
    return new RubiconException(
        ErrorCode.DECISION_FORGED,
        cause,
        "launch through a worker's HTTP API, as rubicon launch does; see docs/security.md");
  }
}
