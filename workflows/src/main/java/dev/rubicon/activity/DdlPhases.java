package dev.rubicon.activity;

import dev.rubicon.rollout.CrossingTerms;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.rollout.ReturnTerms;
import dev.rubicon.rollout.Worked;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Phases that change the schema, on the DDL queue. */
@ActivityInterface
public interface DdlPhases {

  @ActivityMethod(name = "Expand")
  Worked<Facts.Expand> expand(PhaseInput input, Facts.Preflight preflight, Facts.Backup backup);

  @ActivityMethod(name = "DualWrite")
  Worked<Facts.DualWrite> dualWrite(PhaseInput input);

  @ActivityMethod(name = "Cutover")
  Worked<Facts.Cutover> cutover(PhaseInput input, CrossingTerms terms);

  @ActivityMethod(name = "Rollback")
  Worked<Facts.Rollback> rollback(PhaseInput input, ReturnTerms terms);

  @ActivityMethod(name = "Abort")
  Worked<Facts.Abort> abort(PhaseInput input);

  @ActivityMethod(name = "Contract")
  Worked<Facts.Contract> contract(PhaseInput input);
}
