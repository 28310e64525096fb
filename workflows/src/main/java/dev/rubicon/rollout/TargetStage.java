package dev.rubicon.rollout;

/** How far a rollout has come on its target, as the target itself remembers. */
public enum TargetStage {
  EXPANDING,
  EXPANDED,
  DUAL_WRITING,
  BACKFILLED,
  VERIFIED,
  CUT_OVER,
  /** As good as {@link #VERIFIED}: ready to cut over again. */
  ROLLED_BACK
}
