package dev.rubicon.drift;

import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.finding.Finding;
import dev.rubicon.runbook.Runbook;
import java.util.List;

/**
 * What a comparison found.
 *
 * @param against what the target was compared with
 * @param fingerprint of the target
 * @param expected fingerprint of the other side
 * @param findings each with what the runbook says of it
 * @param repaired entries of the runbook whose difference is gone
 * @param snapshot the target's
 */
public record Drift(
    String target,
    String runbook,
    String against,
    String fingerprint,
    String expected,
    List<Finding> findings,
    List<Runbook.Disposition> repaired,
    CatalogSnapshot snapshot) {

  /** Findings that nobody has accepted. */
  public List<Finding> open() {
    return findings.stream().filter(Finding::differs).toList();
  }
}
