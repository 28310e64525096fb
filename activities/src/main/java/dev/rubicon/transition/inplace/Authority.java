package dev.rubicon.transition.inplace;

/** Whose word holds where one writer sets both sides and they contradict. */
public enum Authority {
  /** Before the cutover: the writer's word stands on both sides. */
  LEGACY,
  /** From the cutover on: canonical wins, legacy is what {@code down} gives. */
  CANONICAL
}
