package dev.rubicon.cli.plan;

import dev.rubicon.cutover.Crossed;
import dev.rubicon.engine.CloneEvidence;
import dev.rubicon.engine.Evidence;
import dev.rubicon.locks.LockEvidence;
import dev.rubicon.locks.LockLadder;
import dev.rubicon.rollback.Returned;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the rehearsal's phases said of their locks on the clone. */
final class CloneLocks {
  private CloneLocks() {}

  /** The longest that a step held or waited for a lock on the clone. */
  record Lock(String step, double milliseconds) {}

  static List<Lock> of(PlanEvidence evidence) {
    return evidence.pieces().stream()
        .flatMap(piece -> of(piece).stream())
        .filter(lock -> lock.milliseconds() > 0)
        .toList();
  }

  private static Optional<Lock> of(Evidence.Piece<?> piece) {
    return CloneEvidence.parse(piece.name().stored())
        .map(
            on ->
                new Lock(
                    on.phase() + " " + on.round(),
                    LockLadder.Attempt.longest(attempts(on.name(), piece.named(on.name())))));
  }

  /**
   * @param name as the phase records it on the target
   */
  private static List<LockLadder.Attempt> attempts(String name, Evidence.Piece<?> piece) {
    return piece
        .as(LockEvidence.LOCKS)
        .or(() -> piece.as(LockEvidence.PARTITIONS_FOLLOWED))
        .map(CloneLocks::all)
        .or(() -> piece.as(Crossed.EVIDENCE).map(Crossed::attempts))
        .or(() -> piece.as(Returned.EVIDENCE).map(Returned::attempts))
        .or(() -> LockEvidence.CONSTRAINT_LOCKS.find(name).flatMap(piece::as))
        .or(() -> LockEvidence.FOREIGN_KEY_LOCKS.find(name).flatMap(piece::as))
        .orElse(List.of());
  }

  private static List<LockLadder.Attempt> all(Map<String, List<LockLadder.Attempt>> byRelation) {
    return byRelation.values().stream().flatMap(Collection::stream).toList();
  }
}
