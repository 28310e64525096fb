package dev.rubicon.oracle;

import java.util.Map;
import java.util.TreeMap;

/** What a run has done, so that nobody takes for tested what was never drawn. */
final class Tally {
  private final Map<String, Integer> counts = new TreeMap<>();

  synchronized void one(String what) {
    counts.merge(what, 1, Integer::sum);
  }

  synchronized int of(String what) {
    return counts.getOrDefault(what, 0);
  }

  @Override
  public synchronized String toString() {
    return counts.toString();
  }
}
