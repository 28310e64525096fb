package dev.rubicon.demo.checks.client;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** The rows that writers of both versions may change; one writer holds a row at a time. */
final class KeyPool {
  private final Map<String, Tracked> all = new LinkedHashMap<>();
  private final List<Tracked> free = new ArrayList<>();

  synchronized void add(Tracked row) {
    all.put(row.runId(), row);
    free.add(row);
  }

  /** A row that nobody holds, taken at random. */
  synchronized Optional<Tracked> take() {
    if (free.isEmpty()) {
      return Optional.empty();
    }
    int at = ThreadLocalRandom.current().nextInt(free.size());
    Tracked row = free.get(at);
    free.set(at, free.getLast());
    free.removeLast();
    return Optional.of(row);
  }

  synchronized void give(Tracked row) {
    free.add(row);
  }

  synchronized Collection<Tracked> all() {
    return List.copyOf(all.values());
  }
}
