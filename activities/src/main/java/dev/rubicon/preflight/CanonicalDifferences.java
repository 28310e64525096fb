package dev.rubicon.preflight;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.catalog.CatalogDiff;
import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import dev.rubicon.runbook.Runbook;
import java.util.List;

/** How a target without a rollout under way differs from canonical, as the runbook judges it. */
public final class CanonicalDifferences {
  private CanonicalDifferences() {}

  public static List<Finding> of(Target staging, SessionTag tag, PgSession target, Bundle bundle) {
    Runbook runbook = bundle.runbook();
    CatalogSnapshot canonical;
    try (var scratch = ScratchDatabase.create(staging, tag);
        var session = scratch.open()) {
      scratch.apply(bundle, runbook.canonical().sql());
      canonical = CatalogReader.read(session, runbook.schemas());
    }
    CatalogSnapshot now = CatalogReader.read(target, runbook.schemas());
    return new Dispositions(runbook).apply(CatalogDiff.between(now, canonical).stream());
  }
}
