package dev.rubicon.ledger;

import static dev.rubicon.ledger.jooq.Tables.APPROVAL;
import static dev.rubicon.ledger.jooq.Tables.AUDIT_ENTRY;

import dev.rubicon.ledger.audit.AuditTrail;
import dev.rubicon.ledger.audit.NewAuditEntry;
import dev.rubicon.ledger.connection.LedgerConnections;
import dev.rubicon.ledger.jooq.tables.AuditEntry;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.impl.DSL;

/** What the trail has of signatures, for those who check them once more. */
public final class SignedDecisions {
  private static final AuditEntry EARLIER = AUDIT_ENTRY.as("earlier");

  private final LedgerConnections connections;

  SignedDecisions(LedgerConnections connections) {
    this.connections = connections;
  }

  /**
   * Enters what may happen once, under a key that says what it is.
   *
   * @param by the detail that says who was first
   * @return whether that is this one, now or before
   */
  public boolean firstTo(NewAuditEntry newEntry, String by) {
    return connections.transact(
        context -> {
          AuditTrail.append(context, newEntry);
          return context
              .select(Decisions.detail(by))
              .from(AUDIT_ENTRY)
              .where(AUDIT_ENTRY.IDEMPOTENCY_KEY.eq(newEntry.idempotencyKey()))
              .fetchSingle()
              .value1()
              .equals(newEntry.text(by));
        });
  }

  /** Whether the rollout, or its contract, was launched with a signature. */
  public boolean launched(String rollout) {
    return launched(rollout, DSL.noCondition());
  }

  /** Whether a signed launch of the rollout has started that run. */
  public boolean launched(String rollout, String firstRun) {
    return launched(rollout, Decisions.detail(NewAuditEntry.FIRST_RUN).eq(firstRun));
  }

  private boolean launched(String rollout, Condition run) {
    return connections.transact(
        context ->
            context.fetchExists(
                AUDIT_ENTRY,
                AUDIT_ENTRY
                    .ROLLOUT
                    .eq(rollout)
                    .and(AUDIT_ENTRY.ACTION.eq(NewAuditEntry.LAUNCH_SIGNED))
                    .and(run)));
  }

  /** What was signed, and the signature, of the rollbacks that the trail has. */
  public List<SignedApproval> rollbacks(String rollout) {
    return connections.transact(
        context ->
            context
                .select(
                    AUDIT_ENTRY.ACTOR,
                    Decisions.detail(NewAuditEntry.SIGNED),
                    Decisions.detail(NewAuditEntry.SIGNATURE))
                .from(AUDIT_ENTRY)
                .where(AUDIT_ENTRY.ROLLOUT.eq(rollout))
                .and(AUDIT_ENTRY.ACTION.startsWith("rollback"))
                .and(Decisions.detail(NewAuditEntry.SIGNED).isNotNull())
                .fetch(row -> new SignedApproval(row.value1(), "", row.value2(), row.value3())));
  }

  /**
   * An approval that counts, with what was signed.
   *
   * @param text empty where nothing was
   */
  public record SignedApproval(String principal, String digest, String text, String signature) {}

  /** Approvals of the gate that count. */
  public List<SignedApproval> standing(String rollout, String gate) {
    return granted(rollout, gate, APPROVAL.VOIDED_AT.isNull());
  }

  /** The same, with those that counted once. */
  public List<SignedApproval> everGranted(String rollout, String gate) {
    return granted(rollout, gate, DSL.noCondition());
  }

  private List<SignedApproval> granted(String rollout, String gate, Condition which) {
    return connections.transact(
        context ->
            context
                .select(
                    APPROVAL.PRINCIPAL,
                    APPROVAL.DIGEST,
                    Decisions.detail(NewAuditEntry.SIGNED),
                    Decisions.detail(NewAuditEntry.SIGNATURE))
                .from(APPROVAL)
                .join(AUDIT_ENTRY)
                .on(AUDIT_ENTRY.IDEMPOTENCY_KEY.eq(APPROVAL.KEY))
                .where(APPROVAL.ROLLOUT.eq(rollout))
                .and(APPROVAL.GATE.eq(gate))
                .and(APPROVAL.GRANTED)
                .and(which)
                .andNotExists(
                    // Whoever has the ledger's role could enter once more what became void.
                    DSL.selectOne()
                        .from(EARLIER)
                        .where(EARLIER.ROLLOUT.eq(AUDIT_ENTRY.ROLLOUT))
                        .and(EARLIER.SEQ.lt(AUDIT_ENTRY.SEQ))
                        .and(
                            DSL.field(
                                    "{0} ->> {1}",
                                    String.class,
                                    EARLIER.DETAIL,
                                    DSL.inline(NewAuditEntry.SIGNATURE))
                                .eq(Decisions.detail(NewAuditEntry.SIGNATURE))))
                .fetch(
                    row ->
                        new SignedApproval(
                            row.value1(),
                            row.value2(),
                            Optional.ofNullable(row.value3()).orElse(""),
                            Optional.ofNullable(row.value4()).orElse(""))));
  }
}
