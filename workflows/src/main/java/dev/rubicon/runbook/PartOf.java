package dev.rubicon.runbook;

/** Whether a row of one side is only a part of the other side's row. */
public enum PartOf {
  /** Row for row. */
  NEITHER,
  /** Canonical's row is a part of legacy's: deleting it clears its columns in legacy. */
  LEGACY,
  /** Legacy's row is a part of canonical's. */
  CANONICAL
}
