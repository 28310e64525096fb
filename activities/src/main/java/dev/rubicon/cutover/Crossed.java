package dev.rubicon.cutover;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rubicon.engine.EvidenceName;
import dev.rubicon.locks.LockLadder;
import dev.rubicon.locks.OldSnapshots;
import java.util.List;
import java.util.Optional;

/**
 * What the crossing cost the clients; evidence.
 *
 * @param waitedForTransactionsOlderThanTheCopy left out where there were none
 * @param stallUpperBoundMs from the first lock request to the commit: no client waited longer for
 *     the cutover
 * @param relaxed legacy's rules that no longer hold
 * @param locks each relation with its lock mode
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record Crossed(
    Optional<OldSnapshots.Waited> waitedForTransactionsOlderThanTheCopy,
    List<LockLadder.Attempt> attempts,
    double stallUpperBoundMs,
    List<String> relaxed,
    List<String> locks) {
  /** Under which name it is recorded. */
  public static final EvidenceName<Crossed> EVIDENCE = EvidenceName.of("cutover", Crossed.class);
}
