package dev.rubicon.ledger.audit;

import dev.rubicon.ledger.audit.AuditVerifier.Break;
import dev.rubicon.ledger.audit.AuditVerifier.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compares the trail with what Temporal's histories say was done, in both directions. */
final class HistoryCheck {
  private HistoryCheck() {}

  /**
   * What the histories know, and the trail lacks.
   *
   * @param chain as it was after the histories had been read
   */
  static List<HistoryEvent> missing(List<AuditEntry> chain, List<HistoryEvent> events) {
    Map<String, AuditEntry> entries = byKey(chain);
    Map<String, HistoryEvent> missing = new LinkedHashMap<>();
    for (HistoryEvent event : events) {
      String key = event.newEntry().idempotencyKey();
      if (event.entered() && !entries.containsKey(key)) {
        missing.putIfAbsent(key, event);
      }
    }
    return missing.values().stream().sorted(HistoryEvent.ORDER).toList();
  }

  /**
   * The same, and the launches that it refers to: the ledger enters one before its activity ends,
   * and later entries need its row.
   */
  static List<HistoryEvent> lost(List<AuditEntry> chain, List<HistoryEvent> events) {
    List<HistoryEvent> missing = missing(chain, events);
    Set<String> rollouts = new HashSet<>();
    missing.forEach(event -> rollouts.add(event.newEntry().rollout()));
    Map<String, AuditEntry> entries = byKey(chain);
    Map<String, HistoryEvent> lost = new LinkedHashMap<>();
    for (HistoryEvent event : events) {
      String key = event.newEntry().idempotencyKey();
      if (event.change() instanceof LedgerChange.Launched
          && rollouts.contains(event.newEntry().rollout())
          && !entries.containsKey(key)) {
        lost.putIfAbsent(key, event);
      }
    }
    missing.forEach(event -> lost.put(event.newEntry().idempotencyKey(), event));
    return lost.values().stream().sorted(HistoryEvent.ORDER).toList();
  }

  static Break missing(HistoryEvent event) {
    NewAuditEntry newEntry = event.newEntry();
    return new Break(
        0,
        Kind.MISSING,
        "the trail lacks what Temporal's history has: "
            + newEntry.action()
            + " of "
            + newEntry.rollout()
            + " by "
            + newEntry.actor()
            + " at "
            + event.at()
            + " ("
            + newEntry.key()
            + ")");
  }

  /**
   * What the trail says, and the histories do not.
   *
   * @param chain as it was before the histories were read
   */
  static List<Break> unfounded(List<AuditEntry> chain, Histories histories) {
    Map<String, List<HistoryEvent>> byKey = new HashMap<>();
    histories
        .events()
        .forEach(
            event ->
                byKey
                    .computeIfAbsent(event.newEntry().idempotencyKey(), _ -> new ArrayList<>())
                    .add(event));
    var breaks = new ArrayList<Break>();
    for (AuditEntry entry : chain) {
      List<HistoryEvent> events = byKey.getOrDefault(entry.idempotencyKey(), List.of());
      if (events.isEmpty()) {
        if (histories.must(entry)) {
          breaks.add(
              new Break(
                  entry.seq(),
                  Kind.NOT_IN_HISTORY,
                  "Temporal's history of "
                      + entry.rollout()
                      + " does not have what it says ("
                      + entry.action()
                      + " by "
                      + entry.actor()
                      + ")"));
        }
      } else if (events.stream().noneMatch(event -> says(entry, event))) {
        HistoryEvent event = events.getFirst();
        breaks.add(
            new Break(
                entry.seq(),
                Kind.HISTORY_DIFFERS,
                "it says "
                    + entry.action()
                    + " by "
                    + entry.actor()
                    + ", Temporal's history"
                    + " something else of "
                    + event.newEntry().action()
                    + " by "
                    + event.newEntry().actor()));
      }
    }
    return breaks;
  }

  /** A launch's title is the bundle's, and its run the first, also after a Reset. */
  private static boolean says(AuditEntry entry, HistoryEvent event) {
    return event.change() instanceof LedgerChange.Launched
        ? entry.says(event.newEntry(), "title", "runId")
        : entry.says(event.newEntry());
  }

  private static Map<String, AuditEntry> byKey(List<AuditEntry> chain) {
    Map<String, AuditEntry> entries = new HashMap<>();
    chain.forEach(entry -> entries.put(entry.idempotencyKey(), entry));
    return entries;
  }
}
