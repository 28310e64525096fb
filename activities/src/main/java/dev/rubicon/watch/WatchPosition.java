package dev.rubicon.watch;

import dev.rubicon.engine.EvidenceName;
import java.util.List;
import java.util.Map;

/**
 * Where a watch stands: kept as evidence {@code watch} after every round, and what a new attempt
 * needs to go on as if nothing had happened.
 *
 * @param rounds made so far
 * @param baselines where error counters stood at the first round
 * @param failing checks that fail now, so that only changes are notified
 * @param changes every change of state, oldest first; the last {@value #MOST_CHANGES} are kept
 * @param alerts names of the checks that ever failed, in order of first occurrence
 * @param figures what the rounds measured; absent in older ledgers
 */
public record WatchPosition(
    long rounds,
    Map<String, Long> baselines,
    List<String> failing,
    List<Change> changes,
    List<String> alerts,
    List<Series> figures) {
  /** Where the watch stands; a new attempt goes on from there. */
  public static final EvidenceName<WatchPosition> EVIDENCE =
      EvidenceName.of("watch", WatchPosition.class);

  static final int MOST_CHANGES = 500;

  /** A watch that has not begun. */
  public static final WatchPosition START =
      new WatchPosition(0, Map.of(), List.of(), List.of(), List.of(), List.of());

  public WatchPosition {
    baselines = Map.copyOf(baselines);
    failing = List.copyOf(failing);
    changes =
        List.copyOf(changes.subList(Math.max(0, changes.size() - MOST_CHANGES), changes.size()));
    alerts = List.copyOf(alerts);
    figures = figures == null ? List.of() : List.copyOf(figures);
  }

  /**
   * One check began to fail, or recovered.
   *
   * @param detail why it fails; empty when it recovered
   * @param at ISO 8601, UTC
   * @param told how the notification went: {@code delivered}, or why not
   */
  public record Change(String check, boolean failing, String detail, String at, String told) {}
}
