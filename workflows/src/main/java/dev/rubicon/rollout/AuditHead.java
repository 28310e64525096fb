package dev.rubicon.rollout;

/**
 * An entry of the audit trail as it was when it was appended. It stands in Temporal's history, and
 * each further entry of the execution says it to the ledger: one that was restored from an older
 * dump does not have it.
 *
 * @param sequence 0 where nothing was appended
 * @param run the Temporal run in which it was appended
 */
public record AuditHead(long sequence, String hash, String run) {
  /** Nothing was seen, or appended. */
  public static final AuditHead NONE = new AuditHead(0, "", "");
}
