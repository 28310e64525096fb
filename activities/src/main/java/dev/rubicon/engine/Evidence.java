package dev.rubicon.engine;

import dev.rubicon.rollout.Phase;
import java.util.Optional;

/** Where a phase puts what it measured; kept as JSON in the ledger, one entry per name. */
@FunctionalInterface
public interface Evidence {

  /** Keeps it, replacing an earlier piece of the same rollout, phase, round and name. */
  void put(Piece<?> piece);

  /**
   * Records, replacing an earlier entry of the same rollout, phase, round and name.
   *
   * @param value what Jackson can write; no secrets, no row values
   */
  default <T> void record(EvidenceName<T> name, T value) {
    put(new Piece<>(name, value));
  }

  /** What was measured, under its name. */
  record Piece<T>(EvidenceName<T> name, T value) {

    /** The value, if it was recorded under that name. */
    @SuppressWarnings("unchecked") // equal names have the same type, and record() has checked it
    public <V> Optional<V> as(EvidenceName<V> other) {
      return name.equals(other) ? Optional.of((V) value) : Optional.empty();
    }

    /** The same under another name. */
    public Piece<T> named(String stored) {
      return new Piece<>(name.named(stored), value);
    }

    /** Recorded by a phase on the clone. */
    public Piece<T> onClone(Phase phase, int round) {
      return new Piece<>(name.onClone(phase, round), value);
    }
  }
}
