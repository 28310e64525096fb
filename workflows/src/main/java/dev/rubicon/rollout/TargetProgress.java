package dev.rubicon.rollout;

import java.util.Optional;

/**
 * How far a bundle has come on the target: as stored on the target, or as a workflow knows. A
 * failover to a standby that lagged, or a restore, takes the target back behind what the workflow
 * knows.
 *
 * @param stage empty where nothing of the bundle is installed
 * @param turns committed crossings and ways back; odd means that canonical is the authority
 */
public record TargetProgress(Optional<TargetStage> stage, int turns) {
  public static final TargetProgress NOTHING = new TargetProgress(Optional.empty(), 0);

  /** Which side it is. */
  public Found found() {
    return stage
        .map(s -> s == TargetStage.CUT_OVER ? Found.CROSSED : Found.INSTALLED)
        .orElse(Found.NOTHING);
  }

  /** The same, or further on: stages only grow between two turns. */
  public TargetProgress atLeast(TargetStage reached) {
    return stage.isPresent() && stage.get().compareTo(reached) >= 0
        ? this
        : new TargetProgress(Optional.of(reached), turns);
  }

  /** Whether the target, as it was read, has lost something of what is known here. */
  public boolean lostBy(TargetProgress seen) {
    if (stage.isEmpty()) {
      return false;
    }
    return seen.stage().isEmpty()
        || seen.turns() < turns
        || seen.turns() == turns && seen.stage().get().compareTo(stage.get()) < 0;
  }
}
