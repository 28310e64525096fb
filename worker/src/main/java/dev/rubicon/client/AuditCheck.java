package dev.rubicon.client;

import dev.rubicon.ledger.AuditTrail.Anchor;
import dev.rubicon.ledger.AuditVerifier;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.ledger.LedgerRollout;
import dev.rubicon.objectstore.ObjectStore;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowNotFoundException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Compares the trail with every anchor that the ledger's owner cannot change. */
public final class AuditCheck {
  /** The activity whose result is an anchor. */
  private static final String ANCHORING = "AnchorAudit";

  private final Ledger ledger;
  private final ObjectStore store;
  private final Optional<TemporalConnection> temporal;

  /**
   * @param temporal empty: its histories are not looked at
   */
  public AuditCheck(Ledger ledger, ObjectStore store, Optional<TemporalConnection> temporal) {
    this.ledger = ledger;
    this.store = store;
    this.temporal = temporal;
  }

  public AuditVerifier.Result run() {
    var anchors = new ArrayList<Anchor>();
    for (String key : store.keys("audit/")) {
      anchors.add(Anchor.read(store.read(key)));
    }
    temporal.ifPresent(
        connection -> {
          for (LedgerRollout rollout : ledger.rollouts()) {
            anchors.addAll(history(connection, rollout));
          }
        });
    return AuditVerifier.verify(ledger.audit().chain(), anchors);
  }

  /** Histories that retention has removed have nothing to say any more. */
  private static List<Anchor> history(TemporalConnection temporal, LedgerRollout rollout) {
    try {
      var client = temporal.client();
      var converter = client.getOptions().getDataConverter();
      Set<Long> anchoring = new HashSet<>();
      var anchors = new ArrayList<Anchor>();
      for (HistoryEvent event :
          client.fetchHistory(rollout.workflowId(), rollout.runId()).getEvents()) {
        if (event.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED) {
          var scheduled = event.getActivityTaskScheduledEventAttributes();
          if (scheduled.getActivityType().getName().equals(ANCHORING)) {
            anchoring.add(event.getEventId());
          }
        } else if (event.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED) {
          var completed = event.getActivityTaskCompletedEventAttributes();
          if (anchoring.contains(completed.getScheduledEventId())) {
            var seen =
                converter.fromPayloads(
                    0, Optional.of(completed.getResult()), Seen.class, Seen.class);
            anchors.add(new Anchor(rollout.id(), "temporal", seen.sequence(), seen.hash()));
          }
        }
      }
      return anchors;
    } catch (WorkflowNotFoundException forgotten) {
      return List.of();
    } catch (RuntimeException e) {
      throw TemporalFailures.coded(e, rollout.workflowId());
    }
  }

  /** The activity's result. */
  private record Seen(long sequence, String hash) {}
}
