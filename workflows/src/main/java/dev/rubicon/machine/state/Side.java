package dev.rubicon.machine.state;

/** On which side of the crossing the target stands. */
public enum Side {
  /** Nothing of this bundle is installed. */
  UNTOUCHED,
  /** Something is installed, or may be; legacy is the authority. */
  LEGACY,
  /** Canonical is the authority. */
  CANONICAL
}
