package dev.rubicon.engine;

import dev.rubicon.rollout.Phase;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** Evidence of a test's phases, the latest of each phase and name. */
public final class KeptEvidence implements Evidence {
  private final Map<String, Piece<?>> pieces = new ConcurrentHashMap<>();

  @Override
  public void put(Piece<?> piece) {
    pieces.put(piece.name().stored(), piece);
  }

  /** Where that phase records. */
  public Evidence of(Phase phase) {
    return piece -> pieces.put(key(phase, piece.name()), piece);
  }

  /** What another one holds, too. */
  public void add(KeptEvidence other) {
    pieces.putAll(other.pieces);
  }

  private static String key(Phase phase, EvidenceName<?> name) {
    return phase.word() + "/" + name;
  }

  public <T> T get(EvidenceName<T> name) {
    return find(name).orElseThrow(() -> new AssertionError(name + " is none of " + names()));
  }

  public <T> T get(Phase phase, EvidenceName<T> name) {
    return Optional.ofNullable(pieces.get(key(phase, name)))
        .flatMap(piece -> piece.as(name))
        .orElseThrow(() -> new AssertionError(phase + " " + name + " is none of " + names()));
  }

  public <T> Optional<T> find(EvidenceName<T> name) {
    return Optional.ofNullable(pieces.get(name.stored())).flatMap(piece -> piece.as(name));
  }

  public boolean has(EvidenceName<?> name) {
    return pieces.containsKey(name.stored());
  }

  public boolean has(Phase phase, EvidenceName<?> name) {
    return pieces.containsKey(key(phase, name));
  }

  /** As they are stored. */
  public Set<String> names() {
    return new TreeSet<>(pieces.keySet());
  }

  /** All of it, as text. */
  @Override
  public String toString() {
    return pieces.toString();
  }
}
