package dev.rubicon.client;

import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollout.Phase;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Snapshots of a target's schemas that its rollouts have left as evidence. */
public final class KeptSnapshots {
  private KeptSnapshots() {}

  /** The one of that fingerprint: a baseline, canonical, or what a crossing or contract left. */
  public static Optional<CatalogSnapshot> find(Target where, String target, String fingerprint) {
    try (Ledger ledger = Ledger.open(where)) {
      for (LedgerRollout rollout : ledger.rollouts()) {
        if (rollout.target().equals(target)) {
          Optional<CatalogSnapshot> found =
              Stream.of(
                      List.of(Phase.PREFLIGHT, Phase.CUTOVER, Phase.CONTRACT).stream()
                          .flatMap(
                              phase ->
                                  ledger
                                      .evidenceOf(rollout.id(), phase, EvidenceNames.SNAPSHOT)
                                      .stream()),
                      ledger
                          .evidenceOf(rollout.id(), Phase.PREFLIGHT, EvidenceNames.CANONICAL)
                          .stream())
                  .flatMap(kept -> kept)
                  .filter(kept -> kept.fingerprint().equals(fingerprint))
                  .findFirst();
          if (found.isPresent()) {
            return found;
          }
        }
      }
      return Optional.empty();
    }
  }
}
