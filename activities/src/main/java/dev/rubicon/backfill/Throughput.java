package dev.rubicon.backfill;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows per second over time, thinned so that it stays a few hundred points however long it runs.
 */
final class Throughput {
  private static final int POINTS = 300;

  /** One point of the report's chart. */
  record Point(String at, double rowsPerSecond, String note) {}

  private final List<Point> points = new ArrayList<>();
  private long stepNanos = 500_000_000L;
  private long began = System.nanoTime();
  private long rows;

  /** Counts rows; returns whether a point was added. */
  boolean add(long more, String note) {
    rows += more;
    long elapsed = System.nanoTime() - began;
    if (elapsed < stepNanos) {
      return false;
    }
    point(elapsed, note);
    if (points.size() > POINTS) {
      var thinned = new ArrayList<Point>();
      for (int i = 0; i + 1 < points.size(); i += 2) {
        Point a = points.get(i);
        Point b = points.get(i + 1);
        thinned.add(
            new Point(
                a.at(),
                (a.rowsPerSecond() + b.rowsPerSecond()) / 2,
                a.note().isEmpty() ? b.note() : a.note()));
      }
      points.clear();
      points.addAll(thinned);
      stepNanos *= 2;
    }
    return true;
  }

  private void point(long elapsed, String note) {
    points.add(new Point(Instant.now().toString(), Math.round(rows * 1e10 / elapsed) / 10.0, note));
    began = System.nanoTime();
    rows = 0;
  }

  List<Point> points() {
    if (rows > 0) {
      point(Math.max(1, System.nanoTime() - began), "");
    }
    return List.copyOf(points);
  }
}
