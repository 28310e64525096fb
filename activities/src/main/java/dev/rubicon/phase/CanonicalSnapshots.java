package dev.rubicon.phase;

import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.rollout.Phase;
import java.util.Optional;
import java.util.function.Function;

/** Canonical's snapshot, as preflight of the same rollout built it. */
record CanonicalSnapshots(Ledger ledger)
    implements Function<PhaseContext, Optional<CatalogSnapshot>> {

  @Override
  public Optional<CatalogSnapshot> apply(PhaseContext context) {
    return ledger.evidenceOf(context.input().rollout(), Phase.PREFLIGHT, EvidenceNames.CANONICAL);
  }
}
