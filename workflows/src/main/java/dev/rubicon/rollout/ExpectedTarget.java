package dev.rubicon.rollout;

import java.util.Optional;

/**
 * What a workflow knows about its target when it schedules an activity, which compares it before it
 * touches anything.
 *
 * @param identity which database it is; empty until it was read first
 * @param ground what the rollout has reached there at least
 */
public record ExpectedTarget(Optional<TargetIdentity> identity, TargetProgress ground) {
  /** Outside a workflow: a rehearsal's clone, a command by itself. */
  public static final ExpectedTarget UNKNOWN =
      new ExpectedTarget(Optional.empty(), TargetProgress.NOTHING);

  /**
   * Whether the target has lost something. What an earlier attempt of the same phase has done
   * itself is no loss: an abort leaves nothing behind.
   */
  public boolean lostBy(TargetProgress seen, Phase phase) {
    boolean removed = phase == Phase.ABORT || phase == Phase.CONTRACT;
    return ground.lostBy(seen) && !(removed && seen.stage().isEmpty());
  }
}
