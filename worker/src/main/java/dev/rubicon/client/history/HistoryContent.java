package dev.rubicon.client.history;

import dev.rubicon.ledger.audit.HistoryEvent;
import dev.rubicon.ledger.audit.HistoryStatus;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.enums.v1.WorkflowTaskFailedCause;
import io.temporal.api.history.v1.HistoryEvent.AttributesCase;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DataConverterException;
import io.temporal.payload.codec.PayloadCodecException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one history says.
 *
 * @param bases runs that a Reset has put this one in the place of
 */
record HistoryContent(List<HistoryEvent> events, List<HistoryStatus> statuses, List<String> bases) {
  private static final String UNREADABLE =
      "its payloads cannot be read: another version, or another temporal.payload-key, wrote them";

  /** Something in it cannot be read; nothing is said of the rest then. */
  static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1L;

    private UnreadableException(RuntimeException cause) {
      super(UNREADABLE, cause);
    }
  }

  static HistoryContent read(
      DataConverter converter,
      String workflowId,
      String run,
      boolean contract,
      List<io.temporal.api.history.v1.HistoryEvent> history)
      throws UnreadableException {
    var changes = new LedgerChangeReader(converter, workflowId, run, contract);
    try {
      return read(changes, history);
    } catch (DataConverterException | PayloadCodecException e) {
      throw new UnreadableException(e);
    }
  }

  private static HistoryContent read(
      LedgerChangeReader changes, List<io.temporal.api.history.v1.HistoryEvent> history) {
    List<String> bases = new ArrayList<>();
    Map<Long, LedgerChangeReader.Activity> activities = new LinkedHashMap<>();
    for (var event : history) {
      Instant at =
          Instant.ofEpochSecond(event.getEventTime().getSeconds(), event.getEventTime().getNanos());
      if (event.getAttributesCase() == AttributesCase.ACTIVITY_TASK_SCHEDULED_EVENT_ATTRIBUTES) {
        activities.put(
            event.getEventId(),
            new LedgerChangeReader.Activity(
                event.getActivityTaskScheduledEventAttributes(),
                at,
                event.getEventId(),
                Optional.empty()));
      } else if (event.getAttributesCase()
          == AttributesCase.ACTIVITY_TASK_COMPLETED_EVENT_ATTRIBUTES) {
        var completed = event.getActivityTaskCompletedEventAttributes();
        Payloads result = completed.getResult();
        activities.computeIfPresent(
            completed.getScheduledEventId(),
            (_, scheduled) -> scheduled.ended(at, event.getEventId(), result));
      } else if (event.getWorkflowTaskFailedEventAttributes().getCause()
          == WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW) {
        bases.add(event.getWorkflowTaskFailedEventAttributes().getBaseRunId());
      }
    }
    List<HistoryEvent> events = new ArrayList<>();
    List<HistoryStatus> statuses = new ArrayList<>();
    for (LedgerChangeReader.Activity activity : activities.values()) {
      changes.event(activity).ifPresent(events::add);
      changes.status(activity).ifPresent(statuses::add);
    }
    return new HistoryContent(events, statuses, bases);
  }
}
