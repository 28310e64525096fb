package dev.rubicon.engine;

import java.util.Optional;
import java.util.function.Function;

/**
 * Names of evidence that end with a part, one for each relation, file or hook.
 *
 * @param <P> of the part
 * @param <T> of the content
 */
public final class EvidenceFamily<P, T> {
  private final EvidenceName<T> prefix;
  private final Function<P, String> print;

  /**
   * @param prefix what all of them begin with, and what each holds
   * @param print the part as the stored name ends with it
   */
  public EvidenceFamily(EvidenceName<T> prefix, Function<P, String> print) {
    this.prefix = prefix;
    this.print = print;
  }

  /** The name of one. */
  public EvidenceName<T> of(P part) {
    return prefix.named(prefix.stored() + print.apply(part));
  }

  /** The name as it is stored, if it is one of these. */
  public Optional<EvidenceName<T>> find(String stored) {
    return partOf(stored).map(_ -> prefix.named(stored));
  }

  /** What a stored name says after the prefix; empty where it is none of these. */
  public Optional<String> partOf(String stored) {
    return stored.startsWith(prefix.stored())
        ? Optional.of(stored.substring(prefix.stored().length()))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return prefix + "*";
  }
}
