package dev.rubicon.ledger.audit;

import static dev.rubicon.ledger.jooq.Tables.APPROVAL;
import static dev.rubicon.ledger.jooq.Tables.AUDIT_ENTRY;
import static dev.rubicon.ledger.jooq.Tables.EVIDENCE;
import static dev.rubicon.ledger.jooq.Tables.SIGN_OFF;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jooq.DSLContext;

/** The trail, and the tables whose rows must be what it says, as they were at one moment. */
public record AuditBooks(
    List<AuditEntry> chain,
    List<Approval> approvals,
    List<SignOff> signOffs,
    List<Evidence> evidence) {

  record Approval(
      String key,
      String rollout,
      String gate,
      int round,
      String digest,
      String principal,
      String reason,
      boolean granted,
      String code,
      String cause,
      boolean isVoid,
      String voidReason) {}

  record SignOff(String rollout, String item, String principal, String reason) {}

  record Evidence(String rollout, String phase, int round, String name, String sha256) {}

  /** Temporal's runs that the trail names, each with its rollout. */
  public Map<String, String> runs() {
    Map<String, String> runs = new LinkedHashMap<>();
    for (AuditEntry entry : chain) {
      if (!entry.run().isEmpty()) {
        runs.putIfAbsent(entry.run(), entry.rollout());
      }
    }
    return runs;
  }

  static AuditBooks read(DSLContext context) {
    // One snapshot: a decision that is entered meanwhile is in all of them, or in none.
    context.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    return new AuditBooks(
        context.selectFrom(AUDIT_ENTRY).orderBy(AUDIT_ENTRY.SEQ).fetch(AuditTrail::entry),
        context
            .selectFrom(APPROVAL)
            .orderBy(APPROVAL.KEY)
            .fetch(
                row ->
                    new Approval(
                        row.getKey(),
                        row.getRollout(),
                        row.getGate(),
                        row.getRound(),
                        row.getDigest(),
                        row.getPrincipal(),
                        row.getReason(),
                        row.getGranted(),
                        row.getCode(),
                        row.getCause(),
                        row.getVoidedAt() != null,
                        row.getVoidReason())),
        context
            .selectFrom(SIGN_OFF)
            .orderBy(SIGN_OFF.ROLLOUT, SIGN_OFF.ITEM)
            .fetch(
                row ->
                    new SignOff(
                        row.getRollout(), row.getItem(), row.getPrincipal(), row.getReason())),
        context
            .select(
                EVIDENCE.ROLLOUT,
                EVIDENCE.PHASE,
                EVIDENCE.ROUND,
                EVIDENCE.NAME,
                EvidenceRows.SHA256)
            .from(EVIDENCE)
            .orderBy(EVIDENCE.ROLLOUT, EVIDENCE.PHASE, EVIDENCE.ROUND, EVIDENCE.NAME)
            .fetch(
                row ->
                    new Evidence(
                        row.value1(), row.value2(), row.value3(), row.value4(), row.value5())));
  }
}
