package dev.rubicon.demo.grow.client;

import java.util.Optional;

/** A row whose insert was acknowledged; one writer holds it at a time. */
final class Written {
  final Operation operation;
  final long id;
  private String value;
  private Optional<String> alternative = Optional.empty();

  Written(Operation operation, long id, String value) {
    this.operation = operation;
    this.id = id;
    this.value = value;
  }

  synchronized void acknowledge(String written) {
    value = written;
    alternative = Optional.empty();
  }

  /** The connection was lost: it is written, or it is not. */
  synchronized void maybe(String written) {
    alternative = Optional.of(written);
  }

  synchronized boolean holds(String found) {
    return value.equals(found) || alternative.filter(found::equals).isPresent();
  }

  @Override
  public String toString() {
    return operation.table() + " " + id;
  }
}
