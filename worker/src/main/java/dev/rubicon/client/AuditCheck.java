package dev.rubicon.client;

import dev.rubicon.ledger.AuditBooks;
import dev.rubicon.ledger.AuditVerifier;
import dev.rubicon.ledger.Histories;
import dev.rubicon.ledger.HistoryEvent;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.ledger.StoredAnchor;
import dev.rubicon.ledger.Told;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.phase.Anchors;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Compares the trail with all that it must agree with, and brings back what it has lost. */
public final class AuditCheck {
  private final Ledger ledger;
  private final ObjectStore store;
  private final Optional<TemporalConnection> temporal;
  private final Set<String> targets;

  /**
   * @param temporal empty: its histories are not looked at
   * @param targets of {@code rubicon.yaml}
   */
  public AuditCheck(
      Ledger ledger,
      ObjectStore store,
      Optional<TemporalConnection> temporal,
      Set<String> targets) {
    this.ledger = ledger;
    this.store = store;
    this.temporal = temporal;
    this.targets = Set.copyOf(targets);
  }

  public AuditVerifier.Result run() {
    // Rollouts go on meanwhile: what the trail has now must be in the histories that are read
    // after it, and what these have must be in the trail that is read last.
    AuditBooks before = ledger.audit().books();
    Histories histories = histories(before);
    List<StoredAnchor> anchors = Anchors.stored(store, "audit/");
    return AuditVerifier.verify(before, ledger.audit().books(), anchors, histories);
  }

  /**
   * Appends what Temporal's histories have and the trail lacks, with the rows that hang on it.
   *
   * @return the entries that were appended
   */
  public List<AuditVerifier.Reconciled> reconcile(Principal principal) {
    AuditBooks before = ledger.audit().books();
    Histories histories = histories(before);
    AuditBooks now = ledger.audit().books();
    var reconciliation = ledger.reconciliation();
    for (HistoryEvent event : AuditVerifier.missing(now, histories)) {
      reconciliation.bringBack(event, principal.name());
    }
    histories.told().stream()
        .sorted(Comparator.comparing(Told::at))
        .forEach(reconciliation::catchUp);
    long head = now.chain().isEmpty() ? 0 : now.chain().getLast().seq();
    return AuditVerifier.reconciled(ledger.audit().chain()).stream()
        .filter(entry -> entry.seq() > head)
        .toList();
  }

  private Histories histories(AuditBooks books) {
    return temporal
        .map(connection -> HistoryReader.read(connection, ledger, books, targets))
        .orElse(Histories.NONE);
  }
}
