package dev.rubicon.ledger.audit;

import dev.rubicon.ledger.audit.AuditTrail.Anchor;
import dev.rubicon.ledger.audit.AuditVerifier.Unseen;
import dev.rubicon.ledger.entry.LedgerRollout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What Temporal's histories say of rollouts.
 *
 * @param events in no particular order
 * @param runs whose histories were read, or are gone though Temporal has an older one
 * @param whole rollouts of which Temporal knows every run that the ledger knows
 * @param statuses the last that each execution reported
 * @param unseen whose histories Temporal does not know any more
 */
public record Histories(
    List<HistoryEvent> events,
    Set<String> runs,
    Set<String> whole,
    List<HistoryStatus> statuses,
    List<Unseen> unseen) {
  public static final Histories NONE =
      new Histories(List.of(), Set.of(), Set.of(), List.of(), List.of());

  private static final Set<String> OF_EVERY_ROLLOUT = Set.of("launched", "ended");

  public Histories {
    events = List.copyOf(events);
    runs = Set.copyOf(runs);
    whole = Set.copyOf(whole);
    statuses = List.copyOf(statuses);
    unseen = List.copyOf(unseen);
  }

  /** None can be asked for. */
  public static Histories away(List<LedgerRollout> rollouts) {
    return new Histories(
        List.of(),
        Set.of(),
        Set.of(),
        List.of(),
        rollouts.stream()
            .map(of -> new Unseen(of.id(), of.workflowId(), "Temporal does not answer"))
            .toList());
  }

  /** Whether they must have what the entry says. */
  boolean must(AuditEntry entry) {
    String run = entry.run();
    if (run.isEmpty()) {
      // The activity that enters a decision gives its run; one without a run was not entered by a
      // workflow.
      return NewAuditEntry.decides(entry.action())
          || whole.contains(entry.rollout()) && OF_EVERY_ROLLOUT.contains(entry.key());
    }
    return runs.contains(run);
  }

  /** Of gates that were opened. */
  List<Anchor> anchors() {
    var anchors = new ArrayList<Anchor>();
    for (HistoryEvent event : events) {
      String action = event.newEntry().action();
      if (event.entered() && action.startsWith("gate-") && event.head().isPresent()) {
        var head = event.head().get();
        var anchor =
            new Anchor(
                event.newEntry().rollout(),
                action.substring("gate-".length()),
                head.sequence(),
                head.hash());
        if (!anchors.contains(anchor)) {
          anchors.add(anchor);
        }
      }
    }
    return anchors;
  }

  /** Idempotency keys of gates whose anchors need not be stored, because they are not open yet. */
  Set<String> unopened() {
    Set<String> keys = new HashSet<>();
    for (HistoryEvent event : events) {
      if (!event.entered() && event.newEntry().action().startsWith("gate-")) {
        keys.add(event.newEntry().idempotencyKey());
      }
    }
    return keys;
  }
}
