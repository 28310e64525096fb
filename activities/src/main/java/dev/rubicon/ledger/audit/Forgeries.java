package dev.rubicon.ledger.audit;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.message.Identity;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.rollout.PhaseInput;
import java.util.Map;

/** Entries of what was asked for without a signature. */
public final class Forgeries {
  private static final String LAUNCH_FORGED = "launch-forged";

  private Forgeries() {}

  /** A launch that no worker has signed; the one whom it names did not make it. */
  public static NewAuditEntry launch(String runId, RolloutRequest request, String cause) {
    return new NewAuditEntry(
        "launch-forged/" + runId,
        request.rollout(),
        "unknown",
        LAUNCH_FORGED,
        Map.of(
            "target",
            request.target(),
            "bundle",
            request.bundle(),
            "saidToBeOf",
            request.requestedBy(),
            "code",
            ErrorCode.DECISION_FORGED.name(),
            "cause",
            cause,
            NewAuditEntry.IDENTITY,
            Identity.FORGED.word()));
  }

  /**
   * A worker was asked for what nobody has launched, approved or signed; who asked is not known.
   *
   * @param key the same for each attempt of the activity that was asked for
   */
  public static NewAuditEntry step(String key, PhaseInput input, ErrorCode code, String cause) {
    return new NewAuditEntry(
        "step-refused/" + key,
        input.rollout(),
        "unknown",
        "step-refused",
        Map.of(
            "phase",
            input.phase().word(),
            "target",
            input.target(),
            "code",
            code.name(),
            "cause",
            cause));
  }
}
