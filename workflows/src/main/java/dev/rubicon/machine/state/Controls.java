package dev.rubicon.machine.state;

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

  public Controls signOff(String item) {
    var items = new LinkedHashSet<>(signedOff);
    items.add(item);
    return new Controls(Set.copyOf(items), paused, rowsPerSecond, extension);
  }

  public Controls pause(boolean now) {
    return new Controls(signedOff, now, rowsPerSecond, extension);
  }

  public Controls limit(long rows) {
    return new Controls(signedOff, paused, rows, extension);
  }

  public Controls extend(Duration by) {
    return new Controls(signedOff, paused, rowsPerSecond, extension.plus(by));
  }
}
