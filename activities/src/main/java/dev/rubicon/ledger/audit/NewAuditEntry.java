package dev.rubicon.ledger.audit;

import dev.rubicon.message.Decision;
import dev.rubicon.message.Identity;
import dev.rubicon.message.Proof;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.message.SignedText;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.workflow.ContractWorkflow;
import dev.rubicon.workflow.RolloutWorkflow;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An entry to append to the audit trail. Worker, verification and reconciliation make it of the
 * same activity's input, so that they agree on what the trail must hold.
 *
 * @param key the same for each attempt of the activity that enters it ({@code <run id>/<activity
 *     id>})
 * @param actor a principal, or {@code rubicon}
 * @param detail what Jackson can write; no secrets, no row values
 */
public record NewAuditEntry(
    String key, String rollout, String actor, String action, Map<String, Object> detail) {
  public static final String APPROVED = "approved";
  public static final String REFUSED = "refused";
  public static final String VOIDED = "approvals-void";
  public static final String SIGNED_OFF = "signed-off";
  public static final String PAUSED = "paused";
  public static final String RESUMED = "resumed";
  public static final String THROTTLED = "throttled";

  /** How the person was known, in the detail of what a person decided. */
  public static final String IDENTITY = "identity";

  /** The text that was signed, and the signature. */
  public static final String SIGNED = "signed";

  public static final String SIGNATURE = "signature";

  public static final String LAUNCH_SIGNED = "launch-signed";

  /** The run that a signed launch has started. */
  public static final String FIRST_RUN = "firstRun";

  private static final String RUBICON = "rubicon";

  private static final Pattern DECIDES =
      Pattern.compile(
          "approved|refused|approvals-void|signed-off|paused|resumed|throttled|gate-.*"
              + "|abort(, .*)?|rollback.*|extend the watch by .*");

  public NewAuditEntry {
    detail = Map.copyOf(detail);
  }

  /** A gate asks; the anchor is its entry. */
  public static NewAuditEntry gate(String key, PhaseInput input, String gate, String digest) {
    return new NewAuditEntry(
        key, input.rollout(), RUBICON, "gate-" + gate, Map.of("digest", digest));
  }

  /** An approval that counts. */
  public static NewAuditEntry approval(String key, PhaseInput input, Decision.Approve approval) {
    return new NewAuditEntry(
        key,
        input.rollout(),
        approval.by().principal(),
        APPROVED,
        signed(
            input,
            approval,
            known(
                approval.by(),
                Map.of(
                    "gate", word(approval.gate()),
                    "round", input.round(),
                    "digest", approval.digest(),
                    "reason", approval.by().reason()))));
  }

  /**
   * A decision that policy refused.
   *
   * @param what was decided
   * @param digest as given; empty where none is
   */
  public static NewAuditEntry refusal(
      String key,
      PhaseInput input,
      String what,
      String digest,
      Decision.By by,
      RolloutStatus.Failure refused) {
    return new NewAuditEntry(
        key,
        input.rollout(),
        by.principal(),
        REFUSED,
        known(
            by,
            Map.of(
                "gate", what,
                "round", input.round(),
                "digest", digest,
                "reason", by.reason(),
                "code", refused.code(),
                "cause", refused.cause())));
  }

  /** Approvals of these gates stop counting. */
  public static NewAuditEntry approvalsVoid(
      String key, PhaseInput input, List<Runbook.Gate> gates, String reason) {
    return new NewAuditEntry(
        key,
        input.rollout(),
        RUBICON,
        VOIDED,
        Map.of("gates", gates.stream().map(NewAuditEntry::word).toList(), "reason", reason));
  }

  /** A manual item is done. */
  public static NewAuditEntry signOff(String key, PhaseInput input, Decision.SignOff signOff) {
    return new NewAuditEntry(
        key,
        input.rollout(),
        signOff.by().principal(),
        SIGNED_OFF,
        signed(
            input,
            signOff,
            known(signOff.by(), Map.of("item", signOff.item(), "reason", signOff.by().reason()))));
  }

  /** What changes no row here: abort, extend-watch. */
  public static NewAuditEntry order(String key, PhaseInput input, String action, Decision.By by) {
    return order(key, input, action, by, null);
  }

  /**
   * The same, or a rollback.
   *
   * @param losing relations that a rollback may lose rows of: who signed that stands beside it.
   *     Null where a worker of before asked
   */
  public static NewAuditEntry order(
      String key, PhaseInput input, String action, Decision.By by, List<String> losing) {
    Map<String, Object> detail = known(by, Map.of("reason", by.reason()));
    return new NewAuditEntry(
        key,
        input.rollout(),
        by.principal(),
        action,
        ordered(action, by, losing).map(order -> signed(input, order, detail)).orElse(detail));
  }

  private static Optional<Decision> ordered(String action, Decision.By by, List<String> losing) {
    if (action.startsWith("rollback")) {
      return Optional.ofNullable(losing).map(relations -> new Decision.Rollback(relations, by));
    }
    return switch (action) {
      case PAUSED -> Optional.of(new Decision.Pause(by));
      case RESUMED -> Optional.of(new Decision.Resume(by));
      case "abort" -> Optional.of(new Decision.Abort(by));
      default -> Decision.ExtendWatch.of(action, by);
    };
  }

  public static NewAuditEntry pause(String key, PhaseInput input, Decision.By by) {
    return order(key, input, PAUSED, by);
  }

  public static NewAuditEntry resume(String key, PhaseInput input, Decision.By by) {
    return order(key, input, RESUMED, by);
  }

  public static NewAuditEntry throttle(String key, PhaseInput input, Decision.Throttle throttle) {
    return new NewAuditEntry(
        key,
        input.rollout(),
        throttle.by().principal(),
        THROTTLED,
        signed(
            input,
            throttle,
            known(
                throttle.by(),
                Map.of(
                    "reason", throttle.by().reason(), "rowsPerSecond", throttle.rowsPerSecond()))));
  }

  /** With how the person was known; Rubicon itself, and decisions of before, say nothing of it. */
  private static Map<String, Object> known(Decision.By by, Map<String, Object> detail) {
    if (by.identity() == Identity.UNKNOWN) {
      return detail;
    }
    Map<String, Object> more = new HashMap<>(detail);
    more.put(IDENTITY, by.identity().word());
    if (!by.proof().knownBy().isEmpty()) {
      more.put("knownBy", by.proof().knownBy());
    }
    return more;
  }

  /** With what was signed, so that whoever changes the schema can check it once more. */
  private static Map<String, Object> signed(
      PhaseInput input, Decision decision, Map<String, Object> detail) {
    Proof proof = decision.by().proof();
    if (proof.signature().isEmpty()) {
      return detail;
    }
    String workflowId =
        input.phase() == Phase.CONTRACT
                || decision instanceof Decision.Approve approval
                    && approval.gate() == Runbook.Gate.CONTRACT
            ? ContractWorkflow.workflowId(input.target())
            : RolloutWorkflow.workflowId(input.target());
    Map<String, Object> more = new HashMap<>(detail);
    more.put(SIGNED, SignedText.of(workflowId, input.rollout(), decision));
    more.put(SIGNATURE, proof.signature());
    return more;
  }

  /**
   * A launch that a worker has signed, once: its random number is the key.
   *
   * @param firstRun of the execution that it starts
   * @param text that was signed
   */
  public static NewAuditEntry signedLaunch(String firstRun, RolloutRequest request, String text) {
    return new NewAuditEntry(
        "launch-signed/" + request.proof().nonce(),
        request.rollout(),
        request.requestedBy(),
        LAUNCH_SIGNED,
        Map.of(
            FIRST_RUN,
            firstRun,
            "knownBy",
            request.proof().knownBy(),
            SIGNED,
            text,
            SIGNATURE,
            request.proof().signature()));
  }

  /** Whether an entry of that action is a decision's or a gate's. */
  static boolean decides(String action) {
    return DECIDES.matcher(action).matches();
  }

  /**
   * With what was signed, where anything was.
   *
   * @param text null where a worker of before says none
   */
  public NewAuditEntry signed(String text, Proof proof) {
    return text == null || proof.signature().isEmpty()
        ? this
        : with(SIGNED, text).with(SIGNATURE, proof.signature());
  }

  public NewAuditEntry with(String name, Object value) {
    var more = new HashMap<>(detail);
    more.put(name, value);
    return new NewAuditEntry(key, rollout, actor, action, more);
  }

  /** As the trail has it, unique in the whole ledger. */
  public String idempotencyKey() {
    return rollout + "/" + key;
  }

  public String text(String name) {
    return String.valueOf(detail.getOrDefault(name, ""));
  }

  public int number(String name) {
    return ((Number) detail.getOrDefault(name, 0)).intValue();
  }

  private static String word(Runbook.Gate gate) {
    return gate.name().toLowerCase(Locale.ROOT);
  }
}
