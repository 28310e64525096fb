package dev.rubicon.rollout;

import java.time.Instant;
import java.util.Optional;

/**
 * What must hold at the moment of the crossing, besides what the cutover knows itself; looked at
 * right before the lock and under it.
 *
 * @param run the Temporal run in which leave to cross was given; an activity that a Reset has
 *     handed to another run does not cross
 * @param fingerprint of the target's schemas as approved; none on a clone
 * @param notAfter end of the window: nothing is committed from then on
 */
public record CrossingTerms(
    Optional<String> run, Optional<String> fingerprint, Optional<Instant> notAfter) {
  public static final CrossingTerms NONE =
      new CrossingTerms(Optional.empty(), Optional.empty(), Optional.empty());
}
