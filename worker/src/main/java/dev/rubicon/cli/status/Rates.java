package dev.rubicon.cli.status;

import dev.rubicon.client.status.LiveProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Rate and time left, from how progress moved over the last half minute. */
final class Rates {
  private static final Duration SPAN = Duration.ofSeconds(30);

  private record Point(Instant at, long done) {}

  private final Map<String, Deque<Point>> points = new HashMap<>();

  String describe(LiveProgress live) {
    var text = new StringBuilder();
    if (live.measured()) {
      text.append(live.what());
      if (live.total() > 0) {
        text.append(
            "  %,d of %,d (%d %%)"
                .formatted(live.done(), live.total(), 100 * live.done() / live.total()));
      } else if (live.done() > 0) {
        text.append("  %,d".formatted(live.done()));
      }
      double rate = rate(live);
      if (rate > 0) {
        text.append(String.format(Locale.ROOT, "  %,.0f/s", rate));
        if (live.total() > live.done()) {
          long left = (long) ((live.total() - live.done()) / rate * 1000);
          text.append("  ").append(StatusView.seconds(Duration.ofMillis(left))).append(" left");
        }
      }
      if (!live.note().isEmpty()) {
        text.append("  ").append(live.note());
      }
    }
    if (live.attempt() > 1) {
      text.append("  attempt ").append(live.attempt());
    }
    live.lastFailure().ifPresent(why -> text.append(" after ").append(why));
    live.waits().ifPresent(what -> text.append("  ").append(what));
    return text.toString().strip();
  }

  private double rate(LiveProgress live) {
    return live.seen().map(seen -> rate(live, seen)).orElse(0.0);
  }

  private double rate(LiveProgress live, Instant seen) {
    var known =
        points.computeIfAbsent(live.activity() + "/" + live.what(), k -> new ArrayDeque<>());
    if (known.isEmpty() || seen.isAfter(known.getLast().at())) {
      if (!known.isEmpty() && live.done() < known.getLast().done()) {
        known.clear();
      }
      known.addLast(new Point(seen, live.done()));
    }
    while (known.size() > 2 && known.getFirst().at().isBefore(seen.minus(SPAN))) {
      known.removeFirst();
    }
    Point first = known.getFirst();
    Point last = known.getLast();
    double seconds = Duration.between(first.at(), last.at()).toMillis() / 1000.0;
    return seconds <= 0 ? 0 : (last.done() - first.done()) / seconds;
  }
}
