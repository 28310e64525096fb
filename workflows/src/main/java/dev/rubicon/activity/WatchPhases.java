package dev.rubicon.activity;

import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.rollout.Worked;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import java.time.Instant;

/** What watches for hours or days: on a queue of its own, because it mostly waits. */
@ActivityInterface
public interface WatchPhases {

  /**
   * @param until when this watch ends; fixed at its first start, so that a retry watches no longer
   */
  @ActivityMethod(name = "Watch")
  Worked<Facts.Watch> watch(PhaseInput input, Instant until);
}
