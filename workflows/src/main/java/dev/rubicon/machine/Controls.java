package dev.rubicon.machine;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What operators have set.
 *
 * @param rowsPerSecond 0: no limit
 * @param extension by how much the watch was extended
 */
public record Controls(
    Set<String> signedOff, boolean paused, long rowsPerSecond, Duration extension) {

  static final Controls NONE = new Controls(Set.of(), false, 0, Duration.ZERO);

  Controls signOff(String item) {
    var items = new LinkedHashSet<>(signedOff);
    items.add(item);
    return new Controls(Set.copyOf(items), paused, rowsPerSecond, extension);
  }

  Controls pause(boolean now) {
    return new Controls(signedOff, now, rowsPerSecond, extension);
  }

  Controls limit(long rows) {
    return new Controls(signedOff, paused, rows, extension);
  }

  Controls extend(Duration by) {
    return new Controls(signedOff, paused, rowsPerSecond, extension.plus(by));
  }
}
