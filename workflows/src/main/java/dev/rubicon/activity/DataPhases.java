package dev.rubicon.activity;

import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.PhaseInput;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Phases that read or move data: long, heartbeating, on the data queue. */
@ActivityInterface
public interface DataPhases {

  @ActivityMethod(name = "Preflight")
  Facts.Preflight preflight(PhaseInput input);

  @ActivityMethod(name = "Backup")
  Facts.Backup backup(PhaseInput input);

  @ActivityMethod(name = "Clone")
  Facts.Clone restoreClone(PhaseInput input, Facts.Backup backup);

  @ActivityMethod(name = "Rehearse")
  Facts.Rehearsal rehearse(PhaseInput input, Facts.Backup backup, Facts.Clone clone);

  @ActivityMethod(name = "Backfill")
  Facts.Backfill backfill(PhaseInput input);

  @ActivityMethod(name = "Verify")
  Facts.Verify verify(PhaseInput input);

  @ActivityMethod(name = "Smoke")
  Facts.Smoke smoke(PhaseInput input);
}
