package dev.rubicon.workflow;

import dev.rubicon.activity.ControlActivities;
import dev.rubicon.activity.DataPhases;
import dev.rubicon.activity.DdlPhases;
import dev.rubicon.activity.WatchPhases;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.rollout.PhaseInput;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** One worker for many rollouts: each call goes to the activities of the target that it names. */
final class ActivityRouter {
  private final Map<String, FaultyActivities> byTarget = new ConcurrentHashMap<>();

  void open(String target, FaultyActivities activities) {
    byTarget.put(target, activities);
  }

  Object activities() {
    return Proxy.newProxyInstance(
        ActivityRouter.class.getClassLoader(),
        new Class<?>[] {
          ControlActivities.class, DataPhases.class, DdlPhases.class, WatchPhases.class
        },
        (proxy, method, arguments) -> {
          if (method.getDeclaringClass() == Object.class) {
            return method.invoke(this, arguments);
          }
          String target =
              Arrays.stream(arguments)
                  .<String>mapMulti(
                      (argument, found) -> {
                        switch (argument) {
                          case PhaseInput input -> found.accept(input.target());
                          case RolloutRequest request -> found.accept(request.target());
                          default -> {}
                        }
                      })
                  .findFirst()
                  .orElseThrow();
          try {
            return method.invoke(byTarget.get(target), arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
  }
}
