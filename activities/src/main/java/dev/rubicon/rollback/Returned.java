package dev.rubicon.rollback;

import dev.rubicon.engine.EvidenceName;
import dev.rubicon.locks.LockLadder;
import java.util.List;

/**
 * What the way back cost the clients; evidence.
 *
 * @param stallUpperBoundMs from the first lock request to the commit: no client waited longer for
 *     the rollback
 */
public record Returned(List<LockLadder.Attempt> attempts, double stallUpperBoundMs) {
  /** Under which name it is recorded. */
  public static final EvidenceName<Returned> EVIDENCE = EvidenceName.of("rollback", Returned.class);
}
