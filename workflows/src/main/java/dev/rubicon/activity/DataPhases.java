package dev.rubicon.activity;

import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.rollout.Worked;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Phases that read or move data: long, heartbeating, on the data queue. */
@ActivityInterface
public interface DataPhases {

  @ActivityMethod(name = "Preflight")
  Worked<Facts.Preflight> preflight(PhaseInput input);

  @ActivityMethod(name = "Backup")
  Worked<Facts.Backup> backup(PhaseInput input);

  @ActivityMethod(name = "Clone")
  Worked<Facts.Clone> restoreClone(PhaseInput input, Facts.Backup backup);

  @ActivityMethod(name = "Rehearse")
  Worked<Facts.Rehearsal> rehearse(PhaseInput input, Facts.Backup backup, Facts.Clone clone);

  @ActivityMethod(name = "Backfill")
  Worked<Facts.Backfill> backfill(PhaseInput input);

  @ActivityMethod(name = "Verify")
  Worked<Facts.Verify> verify(PhaseInput input);

  @ActivityMethod(name = "Smoke")
  Worked<Facts.Smoke> smoke(PhaseInput input);
}
