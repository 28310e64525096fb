package dev.rubicon.ledger.connection;

import static dev.rubicon.ledger.jooq.Tables.AUDIT_ENTRY;
import static dev.rubicon.ledger.jooq.Tables.ROLLOUT;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.rollout.AuditHead;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/** Notices a ledger that knows less than it did: one that was restored from an older dump. */
public final class Continuity {
  private static final String NEXT =
      "bring back what Temporal's history has of it: rubicon audit --reconcile; then try again";

  private Continuity() {}

  /** Fails with {@link ErrorCode#LEDGER_BEHIND} unless the rollout was entered. */
  public static void requireKnown(DSLContext context, String rollout) {
    if (!context.fetchExists(ROLLOUT, ROLLOUT.ID.eq(rollout))) {
      throw unknown(null);
    }
  }

  /** A running rollout was entered before it writes anything. */
  static RubiconException unknown(Exception cause) {
    return new RubiconException(
        ErrorCode.LEDGER_BEHIND,
        "the ledger does not know this rollout, which it had entered: it was restored from an older"
            + " dump",
        NEXT,
        cause);
  }

  /**
   * Fails with {@link ErrorCode#ROLLOUT_NOT_OPENED} unless the rollout was entered: an execution
   * that has seen nothing of the trail may take decisions before it could be opened.
   */
  public static void requireOpened(DSLContext context, String rollout) {
    if (!context.fetchExists(ROLLOUT, ROLLOUT.ID.eq(rollout))) {
      throw new RubiconException(
          ErrorCode.ROLLOUT_NOT_OPENED,
          "the ledger does not know this rollout: it is not opened yet, or the ledger was restored"
              + " from an older dump",
          "it is tried again; see what keeps it from being opened: rubicon status; after a restore:"
              + " rubicon audit --reconcile");
    }
  }

  /**
   * The same as {@link #requireKnown} unless the chain has that entry, or one that was brought back
   * in its place.
   *
   * @param seen {@link AuditHead#NONE} where the execution has seen nothing yet
   */
  public static void requireSeen(DSLContext context, String rollout, AuditHead seen) {
    requireKnown(context, rollout);
    if (seen.sequence() == 0) {
      return;
    }
    boolean there =
        context.fetchExists(
                AUDIT_ENTRY,
                AUDIT_ENTRY.SEQ.eq(seen.sequence()).and(AUDIT_ENTRY.HASH.eq(seen.hash())))
            || context.fetchExists(
                AUDIT_ENTRY,
                AUDIT_ENTRY
                    .ROLLOUT
                    .eq(rollout)
                    .and(
                        DSL.condition(
                            "{0} -> 'reconciled' ->> 'hash' = {1}",
                            AUDIT_ENTRY.DETAIL, DSL.val(seen.hash()))));
    if (!there) {
      throw new RubiconException(
          ErrorCode.LEDGER_BEHIND,
          "the audit trail lacks entry "
              + seen.sequence()
              + " ("
              + seen.hash().substring(0, Math.min(12, seen.hash().length()))
              + "…), which this rollout has seen: the ledger was restored from an older dump, or"
              + " somebody rewrote it",
          NEXT);
    }
  }
}
