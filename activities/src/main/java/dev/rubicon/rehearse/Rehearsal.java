package dev.rubicon.rehearse;

import dev.rubicon.engine.EvidenceName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Runs the steps of a rehearsal and keeps how long each took. */
public final class Rehearsal {
  public static final EvidenceName<List<Step>> STEPS = EvidenceName.ofList("steps", Step.class);

  /**
   * @param seconds wall clock on the clone
   */
  public record Step(String name, double seconds, Object facts) {}

  private final List<Step> steps = new ArrayList<>();

  <T> T step(String name, Supplier<T> work) {
    long start = System.nanoTime();
    T facts = work.get();
    steps.add(new Step(name, (System.nanoTime() - start) / 1e9, facts));
    return facts;
  }

  List<Step> steps() {
    return List.copyOf(steps);
  }

  /** The first run of each step: what production is to expect. */
  Map<String, Double> predicted() {
    var seconds = new LinkedHashMap<String, Double>();
    steps.forEach(
        step -> seconds.putIfAbsent(step.name(), Math.round(step.seconds() * 100) / 100.0));
    return seconds;
  }
}
