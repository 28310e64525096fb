package dev.rubicon.rollout;

/** What of a bundle stands on the target. */
public enum Found {
  NOTHING,
  /** Something is installed, canonical is not the authority. */
  INSTALLED,
  /** The cutover has committed: canonical is the authority. */
  CROSSED
}
