package dev.rubicon.worker;

import java.util.List;

/**
 * What a worker can do: workflow classes, and the activity singletons of each task queue.
 *
 * @param control what decides, records and notifies
 * @param ddl what changes the schema
 * @param data what moves or reads data
 * @param watch what watches
 */
public record Registrations(
    List<Class<?>> workflows,
    List<Object> control,
    List<Object> ddl,
    List<Object> data,
    List<Object> watch) {
  public Registrations {
    workflows = List.copyOf(workflows);
    control = List.copyOf(control);
    ddl = List.copyOf(ddl);
    data = List.copyOf(data);
    watch = List.copyOf(watch);
  }
}
