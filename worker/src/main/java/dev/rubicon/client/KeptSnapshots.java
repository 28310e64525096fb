package dev.rubicon.client;

import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollout.Phase;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Snapshots of a target's schemas that its rollouts have left as evidence. */
public final class KeptSnapshots {
  private KeptSnapshots() {}

  /** What the last rollout of that runbook that came to its end was launched for. */
  public static Optional<CatalogSnapshot> canonical(Target where, String target, String runbook) {
    try (Ledger ledger = Ledger.open(where)) {
      return ledger.rollouts().stream()
          .filter(rollout -> rollout.target().equals(target) && rollout.runbook().equals(runbook))
          .filter(rollout -> rollout.state().equals("completed"))
          .max(Comparator.comparing(LedgerRollout::launchedAt))
          .flatMap(rollout -> canonical(ledger, rollout));
    }
  }

  /** What that rollout was launched for. */
  static Optional<CatalogSnapshot> canonical(Ledger ledger, LedgerRollout rollout) {
    return ledger.evidenceOf(rollout.id(), Phase.PREFLIGHT, EvidenceNames.CANONICAL);
  }

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
