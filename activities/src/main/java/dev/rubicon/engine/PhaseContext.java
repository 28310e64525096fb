package dev.rubicon.engine;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.runbook.Runbook;

/**
 * What a phase works with. The rehearsal hands the same phases a context whose target is the clone.
 *
 * @param target where this phase works
 */
public record PhaseContext(
    PhaseInput input, Bundle bundle, Target target, Evidence evidence, Progress progress) {

  public Runbook runbook() {
    return bundle.runbook();
  }

  public SessionTag tag() {
    return new SessionTag(input.rollout(), input.phase());
  }

  /** A session on the target, named after rollout and phase. */
  public PgSession open(SessionLimits limits) {
    return PgSession.open(target, tag(), limits);
  }

  public PhaseContext on(Target other) {
    return new PhaseContext(input, bundle, other, evidence, progress);
  }

  public PhaseContext in(Phase phase) {
    return new PhaseContext(input.of(phase), bundle, target, evidence, progress);
  }

  public PhaseContext recordingTo(Evidence other) {
    return new PhaseContext(input, bundle, target, other, progress);
  }
}
