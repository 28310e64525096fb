package dev.rubicon.doctor;

import dev.rubicon.error.RubiconException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Runs checks one after the other and keeps what they found; none stops the others. */
final class Examination {
  private final List<Diagnosis> found = new ArrayList<>();

  /** A check that says what it found, or throws the coded error that a launch would refuse with. */
  void check(String name, Supplier<String> check) {
    value(
        name,
        () -> {
          String what = check.get();
          found.add(Diagnosis.ok(name, what));
          return what;
        });
  }

  /** The same, for a value that further checks need; it reports only a failure. */
  <T> Optional<T> value(String name, Supplier<T> check) {
    try {
      return Optional.of(check.get());
    } catch (RubiconException e) {
      found.add(Diagnosis.failed(name, e));
      return Optional.empty();
    }
  }

  void add(Diagnosis diagnosis) {
    found.add(diagnosis);
  }

  List<Diagnosis> found() {
    return List.copyOf(found);
  }
}
