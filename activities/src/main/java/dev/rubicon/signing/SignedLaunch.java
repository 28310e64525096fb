package dev.rubicon.signing;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.ledger.audit.NewAuditEntry;
import dev.rubicon.message.Identity;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.message.SignedText;

/** Whether a worker has signed a launch; one that none has is entered in the trail as nobody's. */
public final class SignedLaunch {
  private SignedLaunch() {}

  /** Who launches, before anything is entered: a forgery may name another's rollout. */
  public static Identity requester(
      TrustedKeys keys, Ledger ledger, RolloutRequest request, String workflowId, String runId) {
    Identity known = keys.identify(SignedText.of(workflowId, request), request.proof());
    if (known != Identity.FORGED) {
      return known;
    }
    String cause = "the launch is not signed by a worker whose key is trusted here";
    ledger.decisions().note(NewAuditEntry.forgedLaunch(runId, request, cause));
    throw new RubiconException(
        ErrorCode.DECISION_FORGED,
        cause,
        "launch through a worker's HTTP API, as rubicon launch does; see docs/security.md");
  }
}
