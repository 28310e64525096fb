package dev.rubicon.ledger.entry;

import dev.rubicon.message.Identity;
import java.time.Instant;
import java.util.Optional;

/**
 * An approval, or the refusal of one (or of a sign-off or an order).
 *
 * @param gate expand, cutover, contract; the name of the item or order for other refusals
 * @param code empty when granted
 * @param identity how the person was known ({@code Identity}); empty in older ledgers
 * @param voidedAt when it stopped counting: after a rollback, or when the target changed
 */
public record ApprovalEntry(
    String gate,
    int round,
    String digest,
    String principal,
    String reason,
    boolean granted,
    String code,
    String cause,
    Instant decidedAt,
    Optional<Instant> voidedAt,
    String voidReason,
    String identity) {

  /** The name as people read it: one that nobody checked is marked. */
  public String shown() {
    return identity.equals(Identity.UNVERIFIED.word()) ? principal + " (unverified)" : principal;
  }
}
