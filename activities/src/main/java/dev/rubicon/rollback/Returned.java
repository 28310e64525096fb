package dev.rubicon.rollback;

import dev.rubicon.locks.LockLadder;
import java.util.List;

/**
 * What the way back cost the clients; evidence.
 *
 * @param stallUpperBoundMs from the first lock request to the commit: no client waited longer for
 *     the rollback
 */
public record Returned(List<LockLadder.Attempt> attempts, double stallUpperBoundMs) {}
