package dev.rubicon.demo;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/** Progress lines with the time since the start. */
final class Narrator {
  private final Consumer<String> line;
  private final Instant began = Instant.now();

  Narrator(Consumer<String> line) {
    this.line = line;
  }

  void tell(String text) {
    line.accept("%7.1f s  %s".formatted(seconds(), text));
  }

  /** A line as it is. */
  void plain(String text) {
    line.accept(text);
  }

  double seconds() {
    return Duration.between(began, Instant.now()).toMillis() / 1000.0;
  }
}
