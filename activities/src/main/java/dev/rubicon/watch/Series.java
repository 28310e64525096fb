package dev.rubicon.watch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One figure over the rounds of a watch. A point is kept where the figure changed, and the newest
 * one; when there are too many, every other one goes, so that what is old is coarser.
 *
 * @param perDay how much it grew in a day, on average; 0 until there are two points
 * @param points oldest first, {@value #MOST_POINTS} at most
 */
public record Series(String name, double perDay, List<Point> points) {
  static final int MOST_POINTS = 60;

  /** More names than anybody reads, in evidence that every round writes anew. */
  static final int MOST = 60;

  /**
   * @param at ISO 8601, UTC
   */
  public record Point(String at, double value) {}

  public Series {
    points = List.copyOf(points);
  }

  /** All of them, a round later; names that are new are taken while there is room. */
  static List<Series> with(List<Series> before, Map<String, Double> figures, Instant at) {
    var all = new LinkedHashMap<String, Series>();
    before.forEach(series -> all.put(series.name(), series));
    figures.forEach(
        (name, value) -> {
          Series series = all.get(name);
          if (series != null) {
            all.put(name, series.with(new Point(at.toString(), value)));
          } else if (all.size() < MOST) {
            all.put(name, new Series(name, 0, List.of(new Point(at.toString(), value))));
          }
        });
    return List.copyOf(all.values());
  }

  private Series with(Point next) {
    var kept = new ArrayList<>(points);
    int last = kept.size() - 1;
    boolean level =
        last > 0
            && kept.get(last).value() == next.value()
            && kept.get(last - 1).value() == next.value();
    if (level) {
      // A straight line needs its ends only.
      kept.remove(last);
    }
    kept.add(next);
    if (kept.size() > MOST_POINTS) {
      for (int i = kept.size() - 3; i > 0; i -= 2) {
        kept.remove(i);
      }
    }
    return new Series(name, rate(kept.getFirst(), next), kept);
  }

  private static double rate(Point first, Point last) {
    long milliseconds =
        Duration.between(Instant.parse(first.at()), Instant.parse(last.at())).toMillis();
    return milliseconds < 1
        ? 0
        : (last.value() - first.value()) / milliseconds * Duration.ofDays(1).toMillis();
  }
}
