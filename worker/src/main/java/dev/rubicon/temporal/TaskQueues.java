package dev.rubicon.temporal;

import dev.rubicon.activity.ControlActivities;
import dev.rubicon.activity.DataPhases;
import dev.rubicon.activity.DdlPhases;
import dev.rubicon.activity.WatchPhases;
import dev.rubicon.workflow.RolloutWorkflow;
import io.temporal.activity.ActivityMethod;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** On which task queue each activity waits; not every server shows it for a pending one. */
public final class TaskQueues {
  private static final Map<String, String> BY_ACTIVITY = byActivity();

  private TaskQueues() {}

  /**
   * @param activity as the Temporal UI names it
   */
  public static Optional<String> of(String activity) {
    return Optional.ofNullable(BY_ACTIVITY.get(activity));
  }

  private static Map<String, String> byActivity() {
    var queues = new HashMap<String, String>();
    Map.of(
            ControlActivities.class, RolloutWorkflow.CONTROL_QUEUE,
            DdlPhases.class, RolloutWorkflow.DDL_QUEUE,
            DataPhases.class, RolloutWorkflow.DATA_QUEUE,
            WatchPhases.class, RolloutWorkflow.WATCH_QUEUE)
        .forEach(
            (activities, queue) -> {
              for (Method method : activities.getMethods()) {
                queues.put(method.getAnnotation(ActivityMethod.class).name(), queue);
              }
            });
    return Map.copyOf(queues);
  }
}
