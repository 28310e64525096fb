package dev.rubicon.ledger;

import static dev.rubicon.ledger.jooq.Tables.APPROVAL;
import static dev.rubicon.ledger.jooq.Tables.AUDIT_ENTRY;
import static dev.rubicon.ledger.jooq.Tables.CONTROL;
import static dev.rubicon.ledger.jooq.Tables.SIGN_OFF;

import dev.rubicon.engine.Progress;
import dev.rubicon.ledger.audit.AuditTrail;
import dev.rubicon.ledger.audit.NewAuditEntry;
import dev.rubicon.ledger.connection.Continuity;
import dev.rubicon.ledger.connection.LedgerConnections;
import dev.rubicon.ledger.entry.ApprovalEntry;
import dev.rubicon.ledger.entry.SignOffEntry;
import dev.rubicon.rollout.AuditHead;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.impl.DSL;

/**
 * What humans decided, and what policy refused: an entry of the trail, and the row that hangs on
 * it, in one transaction. The same entry appended again by a retry changes nothing.
 */
public final class Decisions {
  /** The database's clock, not the worker's. */
  private static final Field<OffsetDateTime> CLOCK =
      DSL.field("clock_timestamp()", OffsetDateTime.class);

  /** How the person was known: in the trail, which is chained, and not beside it. */
  private static final Field<String> IDENTITY = detail(NewAuditEntry.IDENTITY);

  private final LedgerConnections connections;

  Decisions(LedgerConnections connections) {
    this.connections = connections;
  }

  /**
   * Enters a decision, once per key.
   *
   * @param seen what its execution last saw of the trail
   * @param run in which it is entered
   * @return its entry; {@link AuditHead#NONE} where there was nothing to make void
   * @throws dev.rubicon.error.RubiconException {@code LEDGER_BEHIND} where the trail lacks what was
   *     seen; {@code ROLLOUT_NOT_OPENED} where nothing was, and the rollout is not entered yet
   */
  public AuditHead enter(NewAuditEntry newEntry, AuditHead seen, String run) {
    return connections.transact(
        context -> {
          if (seen.sequence() > 0) {
            Continuity.requireSeen(context, newEntry.rollout(), seen);
          } else if (hasRow(newEntry.action())) {
            Continuity.requireOpened(context, newEntry.rollout());
          }
          return enter(context, newEntry, CLOCK)
              .map(entered -> new AuditHead(entered.seq(), entered.hash(), run))
              .orElse(AuditHead.NONE);
        });
  }

  /**
   * In the caller's transaction.
   *
   * @param at what rows say when it was
   * @return empty where there was nothing to make void
   */
  static Optional<AuditTrail.Entered> enter(
      DSLContext context, NewAuditEntry newEntry, Field<OffsetDateTime> at) {
    return switch (newEntry.action()) {
      case NewAuditEntry.APPROVED, NewAuditEntry.REFUSED -> {
        insertApproval(context, newEntry, at);
        yield Optional.of(AuditTrail.append(context, newEntry));
      }
      case NewAuditEntry.SIGNED_OFF -> {
        insertSignOff(context, newEntry, at);
        yield Optional.of(AuditTrail.append(context, newEntry));
      }
      case NewAuditEntry.VOIDED -> {
        // Rows and trail must agree on what was approved before.
        AuditTrail.lock(context);
        // A retry that comes late must not void what was approved since.
        Optional<AuditTrail.Entered> before = AuditTrail.find(context, newEntry);
        yield before.isEmpty() && voidApprovals(context, newEntry, at) > 0
            ? Optional.of(AuditTrail.append(context, newEntry))
            : before;
      }
      case NewAuditEntry.PAUSED, NewAuditEntry.RESUMED, NewAuditEntry.THROTTLED -> {
        var entered = AuditTrail.append(context, newEntry);
        if (entered.fresh()) {
          // Only what is new changes the wish: a late retry of a pause does not undo a resume.
          control(context, newEntry, at);
        }
        yield Optional.of(entered);
      }
      default -> Optional.of(AuditTrail.append(context, newEntry));
    };
  }

  /** Enters what belongs to no rollout that the ledger knows. */
  public void note(NewAuditEntry newEntry) {
    connections.transact(context -> AuditTrail.append(context, newEntry));
  }

  private static boolean hasRow(String action) {
    return switch (action) {
      case NewAuditEntry.APPROVED,
          NewAuditEntry.REFUSED,
          NewAuditEntry.SIGNED_OFF,
          NewAuditEntry.PAUSED,
          NewAuditEntry.RESUMED,
          NewAuditEntry.THROTTLED ->
          true;
      default -> false;
    };
  }

  private static void insertApproval(
      DSLContext context, NewAuditEntry newEntry, Field<OffsetDateTime> at) {
    context
        .insertInto(APPROVAL)
        .set(APPROVAL.KEY, newEntry.idempotencyKey())
        .set(APPROVAL.ROLLOUT, newEntry.rollout())
        .set(APPROVAL.GATE, newEntry.text("gate"))
        .set(APPROVAL.ROUND, newEntry.number("round"))
        .set(APPROVAL.DIGEST, newEntry.text("digest"))
        .set(APPROVAL.PRINCIPAL, newEntry.actor())
        .set(APPROVAL.REASON, newEntry.text("reason"))
        .set(APPROVAL.GRANTED, newEntry.action().equals(NewAuditEntry.APPROVED))
        .set(APPROVAL.CODE, newEntry.text("code"))
        .set(APPROVAL.CAUSE, newEntry.text("cause"))
        .set(APPROVAL.DECIDED_AT, at)
        .onConflict(APPROVAL.KEY)
        .doNothing()
        .execute();
  }

  private static int voidApprovals(
      DSLContext context, NewAuditEntry newEntry, Field<OffsetDateTime> at) {
    return context
        .update(APPROVAL)
        .set(APPROVAL.VOIDED_AT, at)
        .set(APPROVAL.VOID_REASON, newEntry.text("reason"))
        .where(APPROVAL.ROLLOUT.eq(newEntry.rollout()))
        .and(APPROVAL.GATE.in((List<?>) newEntry.detail().get("gates")))
        .and(APPROVAL.GRANTED)
        .and(APPROVAL.VOIDED_AT.isNull())
        .execute();
  }

  /** The first sign-off of an item stays. */
  private static void insertSignOff(
      DSLContext context, NewAuditEntry newEntry, Field<OffsetDateTime> at) {
    context
        .insertInto(SIGN_OFF)
        .set(SIGN_OFF.ROLLOUT, newEntry.rollout())
        .set(SIGN_OFF.ITEM, newEntry.text("item"))
        .set(SIGN_OFF.PRINCIPAL, newEntry.actor())
        .set(SIGN_OFF.REASON, newEntry.text("reason"))
        .set(SIGN_OFF.SIGNED_AT, at)
        .onConflict(SIGN_OFF.ROLLOUT, SIGN_OFF.ITEM)
        .doNothing()
        .execute();
  }

  private static void control(
      DSLContext context, NewAuditEntry newEntry, Field<OffsetDateTime> at) {
    boolean throttles = newEntry.action().equals(NewAuditEntry.THROTTLED);
    boolean pauses = newEntry.action().equals(NewAuditEntry.PAUSED);
    Field<Long> rate = DSL.val(throttles ? (Long) newEntry.detail().get("rowsPerSecond") : 0L);
    context
        .insertInto(CONTROL)
        .set(CONTROL.ROLLOUT, newEntry.rollout())
        .set(CONTROL.PAUSED, pauses)
        .set(CONTROL.ROWS_PER_SECOND, rate)
        .set(CONTROL.SET_BY, newEntry.actor())
        .set(CONTROL.REASON, newEntry.text("reason"))
        .set(CONTROL.SET_AT, at)
        .onConflict(CONTROL.ROLLOUT)
        .doUpdate()
        .set(CONTROL.PAUSED, throttles ? CONTROL.PAUSED : DSL.val(pauses))
        .set(CONTROL.ROWS_PER_SECOND, throttles ? rate : CONTROL.ROWS_PER_SECOND)
        .set(CONTROL.SET_BY, newEntry.actor())
        .set(CONTROL.REASON, newEntry.text("reason"))
        .set(CONTROL.SET_AT, at)
        .execute();
  }

  /** What the operator last said. */
  public Progress.Control control(String rollout) {
    return connections.transact(
        context ->
            context
                .selectFrom(CONTROL)
                .where(CONTROL.ROLLOUT.eq(rollout))
                .fetchOptional(row -> new Progress.Control(row.getPaused(), row.getRowsPerSecond()))
                .orElse(Progress.Control.NONE));
  }

  /** Approvals and refusals, in order. */
  public List<ApprovalEntry> approvals(String rollout) {
    return connections.transact(
        context ->
            context
                .select(APPROVAL.asterisk(), IDENTITY)
                .from(APPROVAL)
                .leftJoin(AUDIT_ENTRY)
                .on(AUDIT_ENTRY.IDEMPOTENCY_KEY.eq(APPROVAL.KEY))
                .where(APPROVAL.ROLLOUT.eq(rollout))
                .orderBy(APPROVAL.DECIDED_AT, APPROVAL.KEY)
                .fetch(
                    joined -> {
                      var row = joined.into(APPROVAL);
                      return new ApprovalEntry(
                          row.getGate(),
                          row.getRound(),
                          row.getDigest(),
                          row.getPrincipal(),
                          row.getReason(),
                          row.getGranted(),
                          row.getCode(),
                          row.getCause(),
                          row.getDecidedAt().toInstant(),
                          Optional.ofNullable(row.getVoidedAt()).map(OffsetDateTime::toInstant),
                          row.getVoidReason(),
                          Optional.ofNullable(joined.get(IDENTITY)).orElse(""));
                    }));
  }

  static Field<String> detail(String key) {
    return DSL.field("{0} ->> {1}", String.class, AUDIT_ENTRY.DETAIL, DSL.inline(key));
  }

  /** In order. */
  public List<SignOffEntry> signOffs(String rollout) {
    return connections.transact(
        context ->
            context
                .selectFrom(SIGN_OFF)
                .where(SIGN_OFF.ROLLOUT.eq(rollout))
                .orderBy(SIGN_OFF.SIGNED_AT, SIGN_OFF.ITEM)
                .fetch(
                    row ->
                        new SignOffEntry(
                            row.getItem(),
                            row.getPrincipal(),
                            row.getReason(),
                            row.getSignedAt().toInstant())));
  }
}
