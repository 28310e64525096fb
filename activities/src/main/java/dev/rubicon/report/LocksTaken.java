package dev.rubicon.report;

import dev.rubicon.cutover.Crossed;
import dev.rubicon.engine.EvidenceFamily;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.ledger.entry.EvidenceEntry;
import dev.rubicon.locks.LockEvidence;
import dev.rubicon.locks.LockLadder;
import dev.rubicon.rollback.Returned;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * One lock that a phase asked for, with all attempts at it.
 *
 * @param what the relation, as far as the evidence names one
 */
record LocksTaken(String what, List<LockLadder.Attempt> attempts) {

  /** Whether the entry is about waiting for locks, even if this version cannot read it. */
  static boolean speaksOf(EvidenceEntry entry) {
    return entry.is(LockEvidence.LOCKS)
        || entry.is(Crossed.EVIDENCE)
        || entry.is(Returned.EVIDENCE)
        || entry.is(EvidenceNames.WAITED_FOR_LOCKED_ROWS)
        || LockEvidence.LOCKS_OF_FILE.find(entry.name()).isPresent()
        || LockEvidence.CONSTRAINT_LOCKS.find(entry.name()).isPresent()
        || LockEvidence.FOREIGN_KEY_LOCKS.find(entry.name()).isPresent();
  }

  /** Empty when the entry holds no attempts. */
  static List<LocksTaken> of(EvidenceEntry entry) {
    Optional<Map<String, List<LockLadder.Attempt>>> byRelation = entry.find(LockEvidence.LOCKS);
    if (byRelation.isPresent()) {
      return byRelation.get().entrySet().stream()
          .filter(lock -> !lock.getValue().isEmpty())
          .map(lock -> new LocksTaken(lock.getKey(), lock.getValue()))
          .toList();
    }
    // A file is recognised by its name alone; contract's relations have the same prefix.
    return one(entry, LockEvidence.LOCKS_OF_FILE, part -> part.substring(part.lastIndexOf('/') + 1))
        .or(() -> one(entry, LockEvidence.CONSTRAINT_LOCKS, part -> part + " (constraints)"))
        .or(() -> one(entry, LockEvidence.FOREIGN_KEY_LOCKS, _ -> Markup.words(entry.name())))
        .or(
            () ->
                entry
                    .find(Crossed.EVIDENCE)
                    .map(crossed -> new LocksTaken(relations(crossed.locks()), crossed.attempts())))
        .or(
            () ->
                entry
                    .find(Returned.EVIDENCE)
                    .map(
                        returned ->
                            new LocksTaken(Markup.words(entry.name()), returned.attempts())))
        .filter(lock -> !lock.attempts().isEmpty())
        .stream()
        .toList();
  }

  private static Optional<LocksTaken> one(
      EvidenceEntry entry,
      EvidenceFamily<?, List<LockLadder.Attempt>> family,
      UnaryOperator<String> what) {
    return family
        .find(entry.name())
        .flatMap(entry::find)
        .map(
            attempts ->
                new LocksTaken(
                    family.partOf(entry.name()).map(what).orElse(entry.name()), attempts));
  }

  private static String relations(List<String> locks) {
    return locks.stream().map(lock -> lock.split(" ")[0]).collect(Collectors.joining(", "));
  }

  int gaveWay() {
    return (int) attempts.stream().filter(a -> !a.outcome().equals("committed")).count();
  }

  double longest() {
    return LockLadder.Attempt.longest(attempts);
  }

  /** Names of the applications that held it. */
  List<String> blockers() {
    return attempts.stream()
        .flatMap(attempt -> attempt.blockers().stream())
        .map(blocker -> blocker.applicationName())
        .distinct()
        .sorted()
        .toList();
  }
}
