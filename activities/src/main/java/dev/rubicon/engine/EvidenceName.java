package dev.rubicon.engine;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.type.TypeFactory;
import dev.rubicon.rollout.Phase;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Under which name a piece of evidence is stored, and what it holds. Writers and readers use the
 * same one, so that neither guesses from the JSON.
 *
 * @param <T> of its content
 */
public final class EvidenceName<T> {
  private final String stored;
  private final JavaType type;

  private EvidenceName(String stored, JavaType type) {
    this.stored = stored;
    this.type = type;
  }

  /** Of one value. */
  public static <T> EvidenceName<T> of(String stored, Class<T> type) {
    return new EvidenceName<>(stored, TypeFactory.defaultInstance().constructType(type));
  }

  /** Of what has type arguments of its own. */
  public static <T> EvidenceName<T> of(String stored, TypeReference<T> type) {
    return new EvidenceName<>(stored, TypeFactory.defaultInstance().constructType(type));
  }

  /** Of a list. */
  public static <E> EvidenceName<List<E>> ofList(String stored, Class<E> element) {
    return new EvidenceName<>(
        stored, TypeFactory.defaultInstance().constructCollectionType(List.class, element));
  }

  /** Of a map by name, e.g. of a relation or a rule. */
  public static <V> EvidenceName<Map<String, V>> ofMap(String stored, Class<V> value) {
    return new EvidenceName<>(
        stored,
        TypeFactory.defaultInstance().constructMapType(LinkedHashMap.class, String.class, value));
  }

  /** The same content, recorded by a phase on the clone: it stands beside the target's. */
  public EvidenceName<T> onClone(Phase phase, int round) {
    return named(new CloneEvidence(phase.word(), round, stored).stored());
  }

  EvidenceName<T> named(String other) {
    return new EvidenceName<>(other, type);
  }

  /** As the ledger keeps it. */
  public String stored() {
    return stored;
  }

  /** What Jackson reads it as. */
  public JavaType type() {
    return type;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EvidenceName<?> name
        && stored.equals(name.stored)
        && type.equals(name.type);
  }

  @Override
  public int hashCode() {
    return stored.hashCode();
  }

  @Override
  public String toString() {
    return stored;
  }
}
