package dev.rubicon.ledger.audit;

import dev.rubicon.message.Decision;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.runbook.Runbook;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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

  private static final String RUBICON = "rubicon";

  private static final Pattern DECIDES =
      Pattern.compile(
          "approved|refused|approvals-void|signed-off|paused|resumed|throttled|gate-.*"
              + "|abort(, .*)?|rollback.*|extend-watch.*");

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
        Map.of(
            "gate", word(approval.gate()),
            "round", input.round(),
            "digest", approval.digest(),
            "reason", approval.by().reason()));
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
        Map.of(
            "gate", what,
            "round", input.round(),
            "digest", digest,
            "reason", by.reason(),
            "code", refused.code(),
            "cause", refused.cause()));
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
        Map.of("item", signOff.item(), "reason", signOff.by().reason()));
  }

  /** What changes no row here: abort, rollback, extend-watch. */
  public static NewAuditEntry order(String key, PhaseInput input, String action, Decision.By by) {
    return new NewAuditEntry(
        key, input.rollout(), by.principal(), action, Map.of("reason", by.reason()));
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
        Map.of("reason", throttle.by().reason(), "rowsPerSecond", throttle.rowsPerSecond()));
  }

  /** Whether an entry of that action is a decision's or a gate's. */
  static boolean decides(String action) {
    return DECIDES.matcher(action).matches();
  }

  public NewAuditEntry with(String name, Object value) {
    var more = new java.util.HashMap<>(detail);
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
