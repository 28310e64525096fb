package dev.rubicon.ceremony;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.config.CeremonyPolicy;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.finding.Finding;
import dev.rubicon.grade.Ceremony;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import java.util.List;
import java.util.Optional;

/** What a rollout needs, by this worker's policy. */
public final class Ceremonies {
  private final CeremonyPolicy policy;
  private final Ledger ledger;

  public Ceremonies(CeremonyPolicy policy, Ledger ledger) {
    this.policy = policy;
    this.ledger = ledger;
  }

  /** The facts, with what the rollout needs for them. */
  public static Facts.Preflight with(Facts.Preflight facts, Ceremony ceremony) {
    return new Facts.Preflight(
        facts.serverVersion(),
        facts.fingerprint(),
        facts.canonicalFingerprint(),
        facts.findings(),
        facts.open(),
        facts.clients(),
        Optional.of(ceremony));
  }

  /** By what preflight has found; the runbook may not leave out what that demands. */
  public Ceremony found(String rollout, Bundle bundle, Facts.Preflight facts) {
    List<Finding> findings =
        ledger.evidenceOf(rollout, Phase.PREFLIGHT, EvidenceNames.FINDINGS).orElse(List.of());
    Grading grading = Grading.of(bundle, findings, facts.clients());
    policy.requireRehearsal(grading.grade(), bundle.runbook());
    return policy.of(grading.grade(), grading.why(), bundle.runbook());
  }

  /**
   * What a gate's approval has to be by now: the grade is preflight's, the policy that of today, so
   * that one which became stricter since counts. Whoever may write to the namespace may have asked
   * for a preflight of another bundle in this rollout's name, so the bundle's own statements are
   * graded once more.
   */
  public Ceremony at(Runbook.Gate gate, String rollout, Bundle bundle) {
    Runbook runbook = bundle.runbook();
    if (gate == Runbook.Gate.CONTRACT) {
      return policy.ofContract(runbook);
    }
    return ledger
        .evidenceOf(rollout, Phase.PREFLIGHT, EvidenceNames.CEREMONY)
        .map(found -> Grading.of(bundle, List.of(), List.of()).atLeast(found.grade()))
        .map(grading -> policy.of(grading.grade(), grading.why(), runbook))
        .orElseGet(() -> policy.strictest(runbook));
  }

  public Ceremony ofContract(Runbook runbook) {
    return policy.ofContract(runbook);
  }

  /** Until preflight has graded it. */
  public Ceremony unknown(Runbook runbook) {
    return policy.strictest(runbook);
  }
}
