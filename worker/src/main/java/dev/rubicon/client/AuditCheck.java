package dev.rubicon.client;

import dev.rubicon.client.history.HistoryReader;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.RubiconException;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.ledger.audit.AuditBooks;
import dev.rubicon.ledger.audit.AuditTrail;
import dev.rubicon.ledger.audit.AuditVerifier;
import dev.rubicon.ledger.audit.Histories;
import dev.rubicon.ledger.audit.HistoryEvent;
import dev.rubicon.ledger.audit.HistoryStatus;
import dev.rubicon.ledger.audit.StoredAnchor;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.phase.Anchors;
import dev.rubicon.signing.SignedTrail;
import dev.rubicon.signing.TrustedKeys;
import dev.rubicon.temporal.TemporalConnection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Compares the trail with all that it must agree with, and brings back what it has lost. */
public final class AuditCheck {
  private final Ledger ledger;
  private final ObjectStore store;
  private final Optional<TemporalConnection> temporal;
  private final Set<String> targets;
  private final TrustedKeys keys;

  /**
   * @param temporal empty: its histories are not looked at
   * @param config its targets, and the keys whose signatures are believed
   */
  public AuditCheck(
      Ledger ledger,
      ObjectStore store,
      Optional<TemporalConnection> temporal,
      RubiconConfig config) {
    this.ledger = ledger;
    this.store = store;
    this.temporal = temporal;
    this.targets = config.targets().keySet();
    this.keys = TrustedKeys.of(config);
  }

  /**
   * What could not be brought back.
   *
   * @param from run and activity that had entered it
   */
  public record Failed(String rollout, String from, String code, String cause) {}

  /** What a reconciliation did. */
  public record Back(List<AuditVerifier.Reconciled> entries, List<Failed> failed) {}

  public AuditVerifier.Result run() {
    // Rollouts go on meanwhile: what the trail has now must be in the histories that are read
    // after it, and what these have must be in the trail that is read last.
    AuditBooks before = ledger.audit().books();
    Histories histories = histories(before);
    List<StoredAnchor> anchors = Anchors.stored(store, "audit/");
    AuditBooks now = ledger.audit().books();
    SignedTrail signatures = SignedTrail.of(now.chain(), keys);
    return AuditVerifier.verify(before, now, anchors, histories)
        .with(signatures.breaks(), signatures.unverified());
  }

  /**
   * Appends what Temporal's histories have and the trail lacks, with the rows that hang on it.
   *
   * @return what was appended, and what could not be
   */
  public Back reconcile(Principal principal) {
    AuditBooks before = ledger.audit().books();
    Histories histories = histories(before);
    AuditBooks now = ledger.audit().books();
    var reconciliation = ledger.reconciliation();
    Set<String> back = new HashSet<>();
    List<Failed> failed = new ArrayList<>();
    for (HistoryEvent event : AuditVerifier.missing(now, histories)) {
      String rollout = event.change().newEntry().rollout();
      try {
        reconciliation.bringBack(event, principal.name(), this::store);
        back.add(rollout);
      } catch (RubiconException e) {
        if (e.code().retryable()) {
          throw e;
        }
        // It is said, and the others come back all the same.
        failed.add(new Failed(rollout, event.from(), e.code().name(), e.getMessage()));
      }
    }
    histories.statuses().stream()
        .sorted(Comparator.comparing(HistoryStatus::at))
        .forEach(last -> reconciliation.catchUp(last, back.contains(last.rollout())));
    long head = now.chain().isEmpty() ? 0 : now.chain().getLast().seq();
    return new Back(
        AuditVerifier.reconciled(ledger.audit().chain()).stream()
            .filter(entry -> entry.seq() > head)
            .toList(),
        failed);
  }

  private void store(AuditTrail.Anchor anchor) {
    store.put(anchor.key(), anchor.json(), "application/json");
  }

  private Histories histories(AuditBooks books) {
    return temporal
        .map(connection -> HistoryReader.read(connection, ledger, books, targets))
        .orElseGet(() -> Histories.away(ledger.rollouts()));
  }
}
