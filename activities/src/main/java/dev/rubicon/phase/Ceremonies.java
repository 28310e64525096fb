package dev.rubicon.phase;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.ceremony.CeremonyPolicy;
import dev.rubicon.ceremony.Grading;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.finding.Finding;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.rollout.Ceremony;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import java.util.List;

/** What a rollout needs, by this worker's policy. */
final class Ceremonies {
  private final CeremonyPolicy policy;
  private final Ledger ledger;

  Ceremonies(CeremonyPolicy policy, Ledger ledger) {
    this.policy = policy;
    this.ledger = ledger;
  }

  /** By what preflight has found; the runbook may not leave out what that demands. */
  Ceremony found(PhaseContext context, Facts.Preflight facts) {
    List<Finding> findings =
        ledger
            .evidenceOf(context.input().rollout(), Phase.PREFLIGHT, EvidenceNames.FINDINGS)
            .orElse(List.of());
    Grading grading = Grading.of(context.bundle(), findings, facts.clients());
    policy.requireRehearsal(grading, context.runbook());
    return policy.of(grading, context.runbook());
  }

  /**
   * What a gate's approval has to be by now: the grade is preflight's, the policy that of today, so
   * that one which became stricter since counts.
   */
  Ceremony at(Runbook.Gate gate, String rollout, Bundle bundle) {
    Runbook runbook = bundle.runbook();
    if (gate == Runbook.Gate.CONTRACT) {
      return policy.ofContract(runbook);
    }
    return ledger
        .evidenceOf(rollout, Phase.PREFLIGHT, EvidenceNames.CEREMONY)
        .map(found -> policy.of(Grading.of(found.grade()), runbook))
        .orElseGet(() -> policy.strictest(runbook));
  }

  Ceremony ofContract(Runbook runbook) {
    return policy.ofContract(runbook);
  }

  /** Until preflight has graded it. */
  Ceremony unknown(Runbook runbook) {
    return policy.strictest(runbook);
  }
}
