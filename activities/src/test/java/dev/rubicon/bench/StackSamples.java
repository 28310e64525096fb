package dev.rubicon.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where a thread spends its time, looked at every few milliseconds: what to mend first. */
final class StackSamples implements AutoCloseable {
  private static final int EVERY_MILLIS = 10;

  private final Map<String, Integer> seen = new HashMap<>();
  private final Thread watcher;

  StackSamples(Thread watched) {
    watcher =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  try {
                    while (true) {
                      Thread.sleep(EVERY_MILLIS);
                      seen.merge(place(watched.getStackTrace()), 1, Integer::sum);
                    }
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
  }

  /** The innermost four methods of the product, its sessions left out. */
  private static String place(StackTraceElement[] stack) {
    List<String> ours = new ArrayList<>();
    for (StackTraceElement frame : stack) {
      String name = frame.getClassName();
      if (name.startsWith("dev.rubicon.")
          && !name.startsWith("dev.rubicon.postgres.")
          && !frame.getMethodName().startsWith("lambda$")
          && ours.size() < 4) {
        ours.add(name.substring(name.lastIndexOf('.') + 1) + "." + frame.getMethodName());
      }
    }
    return String.join(" < ", ours);
  }

  @Override
  public void close() {
    watcher.interrupt();
    try {
      watcher.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    seen.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
        .limit(14)
        .forEach(
            place ->
                System.out.printf(
                    "    %5.1f s %s%n", place.getValue() * EVERY_MILLIS / 1e3, place.getKey()));
  }
}
