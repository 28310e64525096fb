package dev.rubicon.activity;

import dev.rubicon.rollout.CrossingTerms;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.rollout.ReturnTerms;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Phases that change the schema, on the DDL queue. */
@ActivityInterface
public interface DdlPhases {

  @ActivityMethod(name = "Expand")
  Facts.Expand expand(PhaseInput input, Facts.Preflight preflight, Facts.Backup backup);

  @ActivityMethod(name = "DualWrite")
  Facts.DualWrite dualWrite(PhaseInput input);

  @ActivityMethod(name = "Cutover")
  Facts.Cutover cutover(PhaseInput input, CrossingTerms terms);

  @ActivityMethod(name = "Rollback")
  Facts.Rollback rollback(PhaseInput input, ReturnTerms terms);

  @ActivityMethod(name = "Abort")
  Facts.Abort abort(PhaseInput input);

  @ActivityMethod(name = "Contract")
  Facts.Contract contract(PhaseInput input);
}
