package dev.rubicon.ledger;

import static dev.rubicon.ledger.jooq.Tables.APPROVAL;
import static dev.rubicon.ledger.jooq.Tables.AUDIT_ENTRY;
import static dev.rubicon.ledger.jooq.Tables.CONTROL;
import static dev.rubicon.ledger.jooq.Tables.SIGN_OFF;

import dev.rubicon.engine.Progress;
import dev.rubicon.workflow.Decision;
import dev.rubicon.workflow.RolloutStatus;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.impl.DSL;

/**
 * What humans decided, and what policy refused. Every method takes a key that is the same for each
 * attempt of the activity that calls it ({@code <run id>/<activity id>}); a retry changes nothing.
 */
public final class Decisions {
  private final LedgerConnections connections;

  Decisions(LedgerConnections connections) {
    this.connections = connections;
  }

  /** An approval that counts. */
  public void approval(String key, String rollout, int round, Decision.Approve approval) {
    String gate = word(approval.gate());
    record(
        key,
        rollout,
        round,
        gate,
        approval.digest(),
        approval.by().principal(),
        approval.by().reason(),
        "",
        "");
  }

  /**
   * A decision that policy refused.
   *
   * @param what the gate, or the name of the manual item or order
   * @param digest as given; empty where none is
   */
  public void refusal(
      String key,
      String rollout,
      int round,
      String what,
      String digest,
      Decision.By by,
      RolloutStatus.Failure refused) {
    record(
        key,
        rollout,
        round,
        what,
        digest,
        by.principal(),
        by.reason(),
        refused.code(),
        refused.cause());
  }

  private void record(
      String key,
      String rollout,
      int round,
      String gate,
      String digest,
      String principal,
      String reason,
      String code,
      String cause) {
    boolean granted = code.isEmpty();
    connections.transact(
        context -> {
          context
              .insertInto(APPROVAL)
              .set(APPROVAL.KEY, rollout + "/" + key)
              .set(APPROVAL.ROLLOUT, rollout)
              .set(APPROVAL.GATE, gate)
              .set(APPROVAL.ROUND, round)
              .set(APPROVAL.DIGEST, digest)
              .set(APPROVAL.PRINCIPAL, principal)
              .set(APPROVAL.REASON, reason)
              .set(APPROVAL.GRANTED, granted)
              .set(APPROVAL.CODE, code)
              .set(APPROVAL.CAUSE, cause)
              .onConflict(APPROVAL.KEY)
              .doNothing()
              .execute();
          return AuditTrail.append(
              context,
              key,
              rollout,
              principal,
              granted ? "approved" : "refused",
              granted
                  ? Map.of("gate", gate, "round", round, "digest", digest, "reason", reason)
                  : Map.of(
                      "gate", gate, "round", round, "digest", digest, "reason", reason, "code",
                      code, "cause", cause));
        });
  }

  /**
   * Approvals of these gates stop counting.
   *
   * @param actor who made it so: a principal, or {@code rubicon}
   */
  public void voidApprovals(
      String key, String rollout, List<String> gates, String actor, String reason) {
    connections.transact(
        context -> {
          int voided =
              context
                  .update(APPROVAL)
                  .set(APPROVAL.VOIDED_AT, now())
                  .set(APPROVAL.VOID_REASON, reason)
                  .where(APPROVAL.ROLLOUT.eq(rollout))
                  .and(APPROVAL.GATE.in(gates))
                  .and(APPROVAL.GRANTED)
                  .and(APPROVAL.VOIDED_AT.isNull())
                  .and(notYetAppended(context, key, rollout))
                  .execute();
          return voided > 0
              && AuditTrail.append(
                  context,
                  key,
                  rollout,
                  actor,
                  "approvals-void",
                  Map.of("gates", gates, "reason", reason));
        });
  }

  /** A retry that comes late must not void what was approved since. */
  private static Condition notYetAppended(DSLContext context, String key, String rollout) {
    return DSL.notExists(
        context
            .selectOne()
            .from(AUDIT_ENTRY)
            .where(AUDIT_ENTRY.IDEMPOTENCY_KEY.eq(rollout + "/" + key)));
  }

  /** A manual item done; the first sign-off of an item stays. */
  public void signOff(String key, String rollout, Decision.SignOff signOff) {
    connections.transact(
        context -> {
          context
              .insertInto(SIGN_OFF)
              .set(SIGN_OFF.ROLLOUT, rollout)
              .set(SIGN_OFF.ITEM, signOff.item())
              .set(SIGN_OFF.PRINCIPAL, signOff.by().principal())
              .set(SIGN_OFF.REASON, signOff.by().reason())
              .onConflict(SIGN_OFF.ROLLOUT, SIGN_OFF.ITEM)
              .doNothing()
              .execute();
          return AuditTrail.append(
              context,
              key,
              rollout,
              signOff.by().principal(),
              "signed-off",
              Map.of("item", signOff.item(), "reason", signOff.by().reason()));
        });
  }

  /** An order that changes no row here: abort, rollback, extend-watch. */
  public void order(String key, String rollout, String action, Decision.By by) {
    connections.transact(
        context ->
            AuditTrail.append(
                context, key, rollout, by.principal(), action, Map.of("reason", by.reason())));
  }

  public void pause(String key, String rollout, Decision.By by) {
    control(key, rollout, "paused", by.principal(), by.reason(), Optional.of(true), -1);
  }

  public void resume(String key, String rollout, Decision.By by) {
    control(key, rollout, "resumed", by.principal(), by.reason(), Optional.of(false), -1);
  }

  public void throttle(String key, String rollout, Decision.Throttle throttle) {
    control(
        key,
        rollout,
        "throttled",
        throttle.by().principal(),
        throttle.by().reason(),
        Optional.empty(),
        throttle.rowsPerSecond());
  }

  /** Only what is new changes the wish: a late retry of a pause does not undo a resume. */
  private void control(
      String key,
      String rollout,
      String action,
      String principal,
      String reason,
      Optional<Boolean> paused,
      long rowsPerSecond) {
    Map<String, Object> detail =
        rowsPerSecond < 0
            ? Map.of("reason", reason)
            : Map.of("reason", reason, "rowsPerSecond", rowsPerSecond);
    connections.transact(
        context -> {
          if (!AuditTrail.append(context, key, rollout, principal, action, detail)) {
            return false;
          }
          context
              .insertInto(CONTROL)
              .set(CONTROL.ROLLOUT, rollout)
              .set(CONTROL.PAUSED, paused.orElse(false))
              .set(CONTROL.ROWS_PER_SECOND, Math.max(rowsPerSecond, 0))
              .set(CONTROL.SET_BY, principal)
              .set(CONTROL.REASON, reason)
              .onConflict(CONTROL.ROLLOUT)
              .doUpdate()
              .set(
                  CONTROL.PAUSED,
                  paused.map(DSL::val).map(v -> (Field<Boolean>) v).orElse(CONTROL.PAUSED))
              .set(
                  CONTROL.ROWS_PER_SECOND,
                  rowsPerSecond < 0 ? CONTROL.ROWS_PER_SECOND : DSL.val(rowsPerSecond))
              .set(CONTROL.SET_BY, principal)
              .set(CONTROL.REASON, reason)
              .set(CONTROL.SET_AT, now())
              .execute();
          return true;
        });
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
                .selectFrom(APPROVAL)
                .where(APPROVAL.ROLLOUT.eq(rollout))
                .orderBy(APPROVAL.DECIDED_AT, APPROVAL.KEY)
                .fetch(
                    row ->
                        new ApprovalEntry(
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
                            row.getVoidReason())));
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

  private static OffsetDateTime now() {
    return OffsetDateTime.now(ZoneOffset.UTC);
  }

  private static String word(Enum<?> gate) {
    return gate.name().toLowerCase(Locale.ROOT);
  }
}
