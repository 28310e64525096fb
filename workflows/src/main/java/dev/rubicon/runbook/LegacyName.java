package dev.rubicon.runbook;

/** What becomes of the legacy name at the cutover; the legacy rows are kept in sync throughout. */
public enum LegacyName {
  /** It stays the name of the legacy table. */
  KEEP,
  /** It becomes an updatable view. */
  VIEW,
  /** It is gone (or the canonical relation's); the legacy table waits in schema rubicon. */
  HIDE
}
