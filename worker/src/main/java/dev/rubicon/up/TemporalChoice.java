package dev.rubicon.up;

/** Which Temporal the embedded stack runs. */
public enum TemporalChoice {
  /** The dev server where its program is on the PATH, in-process otherwise. */
  AUTO,
  IN_PROCESS,
  DEV_SERVER
}
