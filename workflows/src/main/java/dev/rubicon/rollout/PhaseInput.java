package dev.rubicon.rollout;

/**
 * The input of every phase activity. Only names travel: the worker resolves the target's URL and
 * credentials, and fetches the bundle by its digest.
 *
 * @param rollout the rollout's id in the ledger
 * @param target name of the target in {@code rubicon.yaml}
 * @param bundle SHA-256 of the bundle, hex
 * @param requestedBy principal that launched the rollout
 * @param phase the phase that this call is for
 * @param round 1 the first time; one more after each rollback or void dossier, so that evidence of
 *     a second crossing does not overwrite the first
 * @param footing what the target must be before anything is touched
 * @param seen what the execution last saw of the audit trail: the ledger must have it
 */
public record PhaseInput(
    String rollout,
    String target,
    String bundle,
    String requestedBy,
    Phase phase,
    int round,
    ExpectedTarget footing,
    AuditHead seen) {

  public PhaseInput {
    // Without it, nothing is checked.
    seen = seen == null ? AuditHead.NONE : seen;
  }

  /** Of what no workflow asked for. */
  public PhaseInput(
      String rollout, String target, String bundle, String requestedBy, Phase phase, int round) {
    this(
        rollout, target, bundle, requestedBy, phase, round, ExpectedTarget.UNKNOWN, AuditHead.NONE);
  }

  public PhaseInput of(Phase other) {
    return new PhaseInput(rollout, target, bundle, requestedBy, other, round, footing, seen);
  }
}
