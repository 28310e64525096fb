package dev.rubicon.runbook;

/** Where the rehearsal's copy comes from. */
public sealed interface CloneSource {
  /** Restored from this rollout's own backup. */
  record FromBackup() implements CloneSource {}

  /** An existing staging target (a Neon branch, a DBLab clone, a snapshot). */
  record Staging(String target) implements CloneSource {}

  /** No clone and no rehearsal; the plan says what the rollout then cannot promise. */
  record None(String reason) implements CloneSource {}
}
