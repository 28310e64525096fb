package dev.rubicon.ledger.audit;

import static dev.rubicon.ledger.jooq.Tables.AUDIT_ENTRY;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.ledger.connection.LedgerConnections;
import dev.rubicon.ledger.connection.LedgerJson;
import dev.rubicon.ledger.jooq.tables.records.AuditEntryRecord;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/**
 * The append-only trail. The database numbers, times and chains the entries (a trigger, under one
 * lock); a client says only who did what.
 */
public final class AuditTrail {
  private final LedgerConnections connections;

  public AuditTrail(LedgerConnections connections) {
    this.connections = connections;
  }

  /** An entry that stands; fresh where this call appended it. */
  public record Entered(long seq, String hash, boolean fresh) {}

  /**
   * Appends an entry, once per key.
   *
   * @param key the same for each attempt of the activity that appends ({@code <run id>/<activity
   *     id>}), so that a retry appends nothing
   * @param detail anything that Jackson can write; no secrets, no row values
   */
  public void append(String key, String rollout, String actor, String action, Object detail) {
    connections.transact(context -> append(context, key, rollout, actor, action, detail));
  }

  public static Entered append(DSLContext context, NewAuditEntry newEntry) {
    return append(
        context,
        newEntry.key(),
        newEntry.rollout(),
        newEntry.actor(),
        newEntry.action(),
        newEntry.detail());
  }

  /**
   * In the caller's transaction, as its last statement that can wait: the lock on the chain is held
   * until the commit.
   */
  public static Entered append(
      DSLContext context, String key, String rollout, String actor, String action, Object detail) {
    String scoped = rollout + "/" + key;
    var inserted =
        context
            .insertInto(
                AUDIT_ENTRY,
                AUDIT_ENTRY.ROLLOUT,
                AUDIT_ENTRY.ACTOR,
                AUDIT_ENTRY.ACTION,
                AUDIT_ENTRY.DETAIL,
                AUDIT_ENTRY.IDEMPOTENCY_KEY)
            .values(rollout, actor, action, LedgerJson.write(detail), scoped)
            .onConflict(AUDIT_ENTRY.IDEMPOTENCY_KEY)
            .doNothing()
            .returningResult(AUDIT_ENTRY.SEQ, AUDIT_ENTRY.HASH)
            .fetchOne();
    return inserted == null
        ? find(context, scoped, actor, action)
            .orElseThrow(
                () ->
                    new RubiconException(
                        ErrorCode.INTERNAL,
                        "two different audit entries share the key " + scoped,
                        "report it: one of them was not recorded"))
        : new Entered(inserted.value1(), inserted.value2(), true);
  }

  /** From here to the commit no other transaction appends. */
  public static void lock(DSLContext context) {
    context.fetch(
        "SELECT pg_advisory_xact_lock(hashtextextended('rubicon_ledger.audit_entry', 0))");
  }

  /** The same entry, when it was appended before. */
  public static Optional<Entered> find(DSLContext context, NewAuditEntry newEntry) {
    return find(context, newEntry.idempotencyKey(), newEntry.actor(), newEntry.action());
  }

  private static Optional<Entered> find(
      DSLContext context, String key, String actor, String action) {
    return context
        .select(AUDIT_ENTRY.SEQ, AUDIT_ENTRY.HASH)
        .from(AUDIT_ENTRY)
        .where(AUDIT_ENTRY.IDEMPOTENCY_KEY.eq(key))
        .and(AUDIT_ENTRY.ACTOR.eq(actor))
        .and(AUDIT_ENTRY.ACTION.eq(action))
        .fetchOptional(row -> new Entered(row.value1(), row.value2(), false));
  }

  /** Of one rollout, in order. */
  public List<AuditEntry> entries(String rollout) {
    return fetch(AUDIT_ENTRY.ROLLOUT.eq(rollout));
  }

  /** Of each gate of the rollout that the ledger has not brought back. */
  public List<Anchor> anchors(String rollout) {
    return entries(rollout).stream()
        .filter(entry -> entry.action().startsWith("gate-") && entry.reconciled().isEmpty())
        .map(AnchorCheck::anchor)
        .toList();
  }

  /** The whole chain, in order. */
  public List<AuditEntry> chain() {
    return fetch(DSL.noCondition());
  }

  /** The whole chain and what must agree with it, as of one moment. */
  public AuditBooks books() {
    return connections.transact(AuditBooks::read);
  }

  private List<AuditEntry> fetch(Condition which) {
    return connections.transact(
        context ->
            context
                .selectFrom(AUDIT_ENTRY)
                .where(which)
                .orderBy(AUDIT_ENTRY.SEQ)
                .fetch(AuditTrail::entry));
  }

  static AuditEntry entry(AuditEntryRecord row) {
    return new AuditEntry(
        row.getSeq(),
        row.getAt().toInstant(),
        row.getRollout(),
        row.getActor(),
        row.getAction(),
        row.getDetail().data(),
        row.getIdempotencyKey(),
        row.getPrevHash(),
        row.getHash());
  }

  /**
   * A gate's entry, to be kept where the ledger's owner cannot change it: in Temporal's history (as
   * an activity's result) and in the object store. It says what the whole chain was up to there.
   *
   * @param gate expand, cutover or contract
   */
  public record Anchor(String rollout, String gate, long seq, String hash) {

    /** Where it stands in the object store, relative to the prefix. */
    public String key() {
      return "audit/" + rollout + "/" + seq + "-" + gate + ".json";
    }

    /** What stands there. */
    public byte[] json() {
      return LedgerJson.write(this).data().getBytes(StandardCharsets.UTF_8);
    }
  }
}
