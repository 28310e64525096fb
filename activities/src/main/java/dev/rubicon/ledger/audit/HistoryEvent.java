package dev.rubicon.ledger.audit;

import dev.rubicon.rollout.AuditHead;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/**
 * What a history of Temporal's has of an activity that writes to the ledger.
 *
 * @param at when it ended; when it was scheduled where it has not ended, and where it is a launch
 * @param eventId of that moment
 * @param from run and activity
 * @param head the entry as it was then; empty where the activity does not say
 * @param entered whether it ended well, and so must stand in the trail
 */
public record HistoryEvent(
    LedgerChange change,
    Instant at,
    long eventId,
    String from,
    Optional<AuditHead> head,
    boolean entered) {
  /** As Temporal has it. */
  static final Comparator<HistoryEvent> ORDER =
      Comparator.comparing(HistoryEvent::at).thenComparingLong(HistoryEvent::eventId);

  public NewAuditEntry newEntry() {
    return change.newEntry();
  }
}
