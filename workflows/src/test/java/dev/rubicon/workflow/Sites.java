package dev.rubicon.workflow;

import dev.rubicon.activity.ControlActivities;
import dev.rubicon.activity.DataPhases;
import dev.rubicon.activity.DdlPhases;
import dev.rubicon.activity.WatchPhases;
import dev.rubicon.rollout.PhaseInput;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** One worker for many sites: each call goes to the site of the target that it names. */
final class Sites {
  private final Map<String, FaultySite> sites = new ConcurrentHashMap<>();

  void open(String target, FaultySite site) {
    sites.put(target, site);
  }

  Object activities() {
    return Proxy.newProxyInstance(
        Sites.class.getClassLoader(),
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
            return method.invoke(sites.get(target), arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
  }
}
