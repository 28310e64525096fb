package dev.rubicon.bench;

import java.util.Locale;
import java.util.Optional;

/**
 * What a ratio of two ways' medians ought to be, or a median by itself.
 *
 * @param way ours
 * @param peer what it is divided by; empty: nothing
 * @param atMost whether less is better
 * @param besides what ours may cost besides, in the metric's unit
 */
public record Aim(
    String metric,
    String way,
    Optional<String> peer,
    boolean atMost,
    double bound,
    double besides) {

  public static Aim atMost(String metric, String way, String peer, double bound) {
    return new Aim(metric, way, Optional.of(peer), true, bound, 0);
  }

  public static Aim atLeast(String metric, String way, String peer, double bound) {
    return new Aim(metric, way, Optional.of(peer), false, bound, 0);
  }

  /** In the metric's unit. */
  public static Aim below(String metric, String way, double bound) {
    return new Aim(metric, way, Optional.empty(), true, bound, 0);
  }

  public Aim besides(double more) {
    return new Aim(metric, way, peer, atMost, bound, more);
  }

  boolean met(double value) {
    return atMost ? value <= bound : value >= bound;
  }

  String text() {
    return String.format(
        Locale.ROOT,
        "%s %s%s",
        atMost ? "≤" : "≥",
        bound,
        besides == 0 ? "" : " beyond the first " + besides);
  }
}
