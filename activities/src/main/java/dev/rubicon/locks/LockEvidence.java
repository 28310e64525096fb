package dev.rubicon.locks;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.rubicon.engine.EvidenceFamily;
import dev.rubicon.engine.EvidenceName;
import dev.rubicon.postgres.RelationName;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What is recorded of locks: how long each was asked for, and whose session was ended for one. */
public final class LockEvidence {
  private LockEvidence() {}

  /** Dual write's, by relation. */
  public static final EvidenceName<Map<String, List<LockLadder.Attempt>>> LOCKS =
      EvidenceName.of("locks", new TypeReference<>() {});

  /** Contract's on a relation. */
  public static final EvidenceFamily<RelationName, List<LockLadder.Attempt>> LOCKS_OF_RELATION =
      new EvidenceFamily<>(
          EvidenceName.ofList("locks-", LockLadder.Attempt.class), RelationName::toString);

  /** Contract's of one of the runbook's own files. */
  public static final EvidenceFamily<String, List<LockLadder.Attempt>> LOCKS_OF_FILE =
      new EvidenceFamily<>(
          EvidenceName.ofList("locks-", LockLadder.Attempt.class), Function.identity());

  public static final EvidenceFamily<RelationName, List<LockLadder.Attempt>> CONSTRAINT_LOCKS =
      new EvidenceFamily<>(
          EvidenceName.ofList("constraint-locks-", LockLadder.Attempt.class),
          RelationName::toString);

  /** By the key's name. */
  public static final EvidenceFamily<String, List<LockLadder.Attempt>> FOREIGN_KEY_LOCKS =
      new EvidenceFamily<>(
          EvidenceName.ofList("foreign-key-locks-", LockLadder.Attempt.class), Function.identity());

  /** Partitions that were given the trigger that they lacked, with the attempts at each. */
  public static final EvidenceName<Map<String, List<LockLadder.Attempt>>> PARTITIONS_FOLLOWED =
      EvidenceName.of("partitions-followed", new TypeReference<>() {});

  public static final EvidenceName<List<Predecessor.Session>> ENDED_SESSIONS =
      EvidenceName.ofList("ended-sessions", Predecessor.Session.class);

  /** A session of a worker that is gone, which held the target's lock. */
  public static final EvidenceName<String> TERMINATED_SESSION =
      EvidenceName.of("terminated-session", String.class);
}
