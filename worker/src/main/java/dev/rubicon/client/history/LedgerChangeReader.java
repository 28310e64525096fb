package dev.rubicon.client.history;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rubicon.ledger.audit.HistoryEvent;
import dev.rubicon.ledger.audit.HistoryStatus;
import dev.rubicon.ledger.audit.LedgerChange;
import dev.rubicon.ledger.audit.NewAuditEntry;
import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.message.Decision;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.phase.Notes;
import dev.rubicon.rollout.AuditHead;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.runbook.Runbook;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.history.v1.ActivityTaskScheduledEventAttributes;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DataConverterException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Reads one history's activities that write to the ledger, from their inputs and results. */
final class LedgerChangeReader {
  private final DataConverter converter;
  private final String workflowId;
  private final String run;
  private final boolean contract;

  LedgerChangeReader(DataConverter converter, String workflowId, String run, boolean contract) {
    this.converter = converter;
    this.workflowId = workflowId;
    this.run = run;
    this.contract = contract;
  }

  /**
   * An activity of a history.
   *
   * @param at when it ended; when it was scheduled where it has not ended, and where it launches
   * @param eventId of that moment
   * @param result empty where it has not ended well
   */
  record Activity(
      ActivityTaskScheduledEventAttributes scheduled,
      Instant at,
      long eventId,
      Optional<Payloads> result) {
    /** The ledger enters a rollout before anything else of it, whenever that activity ends. */
    Activity ended(Instant when, long id, Payloads answer) {
      boolean launch = type().equals("OpenRollout");
      return new Activity(
          scheduled, launch ? at : when, launch ? eventId : id, Optional.of(answer));
    }

    String type() {
      return scheduled.getActivityType().getName();
    }
  }

  /** Empty where it enters nothing in the trail. */
  Optional<HistoryEvent> event(Activity activity) {
    boolean entered = activity.result().isPresent();
    Optional<AuditHead> head =
        activity
            .result()
            .filter(_ -> answersWithItsEntry(activity.type()))
            .map(result -> read(result, 0, AuditHead.class));
    if (head.isPresent() && head.get().sequence() == 0) {
      // There was nothing to enter.
      return Optional.empty();
    }
    // A Reset's run has the events of the run before; their entries are that one's.
    String of = head.map(AuditHead::run).orElse(run);
    String key = of + "/" + activity.scheduled().getActivityId();
    return change(activity, key)
        .map(
            change ->
                new HistoryEvent(change, activity.at(), activity.eventId(), key, head, entered));
  }

  private static boolean answersWithItsEntry(String type) {
    return switch (type) {
      case "AnchorAudit",
          "RecordApproval",
          "RecordRefusal",
          "RecordSignOff",
          "RecordOrder",
          "VoidApprovals",
          "Pause",
          "Resume",
          "Throttle" ->
          true;
      default -> false;
    };
  }

  private Optional<LedgerChange> change(Activity activity, String key) {
    Payloads in = activity.scheduled().getInput();
    return Optional.ofNullable(
        switch (activity.type()) {
          case "AnchorAudit" ->
              entered(
                  NewAuditEntry.gate(
                      key, input(in), read(in, 1, String.class), read(in, 2, String.class)));
          case "RecordApproval" ->
              entered(NewAuditEntry.approval(key, input(in), read(in, 1, Decision.Approve.class)));
          case "RecordRefusal" ->
              entered(
                  NewAuditEntry.refusal(
                          key,
                          input(in),
                          read(in, 1, String.class),
                          read(in, 2, String.class),
                          read(in, 3, Decision.By.class),
                          read(in, 4, RolloutStatus.Failure.class))
                      .signed(
                          // Histories of before have none.
                          in.getPayloadsCount() > 6 ? read(in, 6, String.class) : null,
                          read(in, 3, Decision.By.class).proof()));
          case "RecordSignOff" ->
              entered(NewAuditEntry.signOff(key, input(in), read(in, 1, Decision.SignOff.class)));
          case "RecordOrder" ->
              entered(
                  NewAuditEntry.order(
                      key,
                      input(in),
                      read(in, 1, String.class),
                      read(in, 2, Decision.By.class),
                      // Histories of before have none.
                      in.getPayloadsCount() > 4 ? List.of(read(in, 4, String[].class)) : null));
          case "VoidApprovals" ->
              entered(
                  NewAuditEntry.approvalsVoid(
                      key,
                      input(in),
                      List.of(read(in, 1, Runbook.Gate[].class)),
                      read(in, 2, String.class)));
          case "Pause" ->
              entered(NewAuditEntry.pause(key, input(in), read(in, 1, Decision.By.class)));
          case "Resume" ->
              entered(NewAuditEntry.resume(key, input(in), read(in, 1, Decision.By.class)));
          case "Throttle" ->
              entered(NewAuditEntry.throttle(key, input(in), read(in, 1, Decision.Throttle.class)));
          case "OpenRollout" -> launched(activity);
          case "CloseRollout" -> {
            var status = read(in, 1, RolloutStatus.class);
            yield new LedgerChange.Ended(
                input(in).rollout(),
                new LedgerRollout.End(
                    status.state().word(),
                    read(in, 2, String.class),
                    read(in, 3, Integer.class),
                    read(in, 4, String.class)),
                status);
          }
          case "OpenContract" ->
              new LedgerChange.ContractStarted(
                  read(in, 0, RolloutRequest.class),
                  read(in, 1, String.class),
                  read(in, 2, String.class));
          case "CloseContract" ->
              new LedgerChange.ContractEnded(input(in).rollout(), read(in, 1, RolloutStatus.class));
          default -> null;
        });
  }

  private LedgerChange launched(Activity activity) {
    Payloads in = activity.scheduled().getInput();
    var request = read(in, 0, RolloutRequest.class);
    String title =
        activity
            .result()
            .map(result -> read(result, 0, JsonNode.class).path("plan").path("title").asText())
            .orElse("");
    return new LedgerChange.Launched(
        LedgerRollout.Launch.of(
            request, title, read(in, 1, String.class), read(in, 2, String.class)));
  }

  private static LedgerChange entered(NewAuditEntry newEntry) {
    return new LedgerChange.Entered(newEntry);
  }

  /** The status that the activity reported; empty where it reported none. */
  Optional<HistoryStatus> status(Activity activity) {
    if (!activity.type().equals("Stand") || activity.result().isEmpty()) {
      return Optional.empty();
    }
    Payloads in = activity.scheduled().getInput();
    var status = read(in, 1, RolloutStatus.class);
    return Optional.of(
        new HistoryStatus(
            input(in).rollout(), workflowId, contract, status, Notes.of(status), activity.at()));
  }

  private PhaseInput input(Payloads in) {
    return read(in, 0, PhaseInput.class);
  }

  private <T> T read(Payloads payloads, int index, Class<T> type) {
    if (index >= payloads.getPayloadsCount()) {
      throw new DataConverterException("written by another version");
    }
    Payload payload = payloads.getPayloads(index);
    return converter.fromPayload(payload, type, type);
  }
}
