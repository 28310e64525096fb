package dev.rubicon.demo.plant.client;

import java.util.Optional;

/** A row of these clients, and what was acknowledged of it; one writer holds it at a time. */
final class Written {
  final Operation operation;
  final String id;
  private Optional<String> value = Optional.empty();
  private Optional<String> alternative = Optional.empty();

  Written(Operation operation, String id) {
    this.operation = operation;
    this.id = id;
  }

  synchronized void acknowledge(String written) {
    value = Optional.of(written);
    alternative = Optional.empty();
  }

  /** The connection was lost: it is written, or it is not. */
  synchronized void maybe(String written) {
    alternative = Optional.of(written);
  }

  /** Whether it must be there. */
  synchronized boolean certain() {
    return value.isPresent();
  }

  synchronized boolean holds(String found) {
    return value.filter(found::equals).isPresent() || alternative.filter(found::equals).isPresent();
  }
}
