package dev.rubicon.runbook;

/** Where the way back of last resort comes from. */
public sealed interface Backup {
  /** {@code pg_dump -Fc} of one exported snapshot, streamed to the object store. */
  record PgDump() implements Backup {}

  /** Backed up elsewhere; Rubicon then proves nothing about it, and the plan says so. */
  record External(String reference) implements Backup {}
}
