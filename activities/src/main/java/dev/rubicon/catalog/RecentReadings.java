package dev.rubicon.catalog;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What this process has read of catalogs lately, by what stood in them: most phases find them as
 * the phase before had left them. An entry never gets old, since a version of the catalogs that has
 * passed does not come again; those not asked for the longest go first. Thread-safe.
 */
final class RecentReadings {
  /** An entry of a snapshot with its texts, in bytes, about. */
  private static final int BYTES = 500;

  private static final double SHARE_OF_HEAP = 0.06;

  /** Of one process: versions name the server. */
  static final RecentReadings OF_PROCESS =
      new RecentReadings((long) (Runtime.getRuntime().maxMemory() * SHARE_OF_HEAP / BYTES));

  /**
   * @param version see {@link dev.rubicon.catalog.query.VersionQuery}
   */
  record Key(Class<?> kind, List<String> schemas, String version) {
    Key {
      schemas = List.copyOf(schemas);
    }
  }

  private record Reading(Object value, long entries) {}

  private final long limit;
  private final Map<Key, Reading> readings = new LinkedHashMap<>(16, 0.75f, true);
  private long held;

  /**
   * @param limit how many entries of snapshots it holds at most
   */
  RecentReadings(long limit) {
    this.limit = limit;
  }

  synchronized Optional<Object> find(Key key) {
    return Optional.ofNullable(readings.get(key)).map(Reading::value);
  }

  /**
   * @param value immutable
   * @param entries how many
   */
  synchronized void keep(Key key, Object value, long entries) {
    if (entries > limit) {
      return;
    }
    Reading before = readings.put(key, new Reading(value, entries));
    held += entries - (before == null ? 0 : before.entries());
    var oldest = readings.values().iterator();
    while (held > limit) {
      held -= oldest.next().entries();
      oldest.remove();
    }
  }

  synchronized long held() {
    return held;
  }
}
