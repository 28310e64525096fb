package dev.rubicon.yaml;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The keys of one mapping, declared one per line, then turned into a decoder:
 *
 * <pre>{@code
 * var keys = new Keys();
 * var every = keys.or("every", positive(), "30s", "how often the checks run");
 * return keys.into(v -> new Watch(v.get(every)));
 * }</pre>
 */
public final class Keys {
  private final List<Key<?>> keys = new ArrayList<>();
  private List<String> alternatives = List.of();

  /** Must be written. */
  public <T> Key<T> required(String name, Decoder<T> decoder, String says) {
    return add(new Key<>(name, decoder, Optional.empty(), true, Optional.empty(), says));
  }

  /**
   * Must be written.
   *
   * @param standIn YAML that takes its place when it is not, so that the rest can still be checked
   */
  public <T> Key<T> required(String name, Decoder<T> decoder, T standIn, String says) {
    return add(new Key<>(name, decoder, Optional.of(standIn), true, Optional.empty(), says));
  }

  /** May be left out, without a default. */
  public <T> Key<Optional<T>> optional(String name, Decoder<T> decoder, String says) {
    return add(
        new Key<>(
            name,
            decoder.map(Optional::of),
            Optional.of(Optional.empty()),
            false,
            Optional.empty(),
            says));
  }

  /**
   * May be left out.
   *
   * @param otherwise the default, as it would be written
   */
  public <T> Key<T> or(String name, Decoder<T> decoder, String otherwise, String says) {
    var reading =
        new Reading(dev.rubicon.error.ErrorCode.INTERNAL, "default of " + name, new TreeSet<>());
    Optional<T> value = decoder.decode(YamlFile.literal(otherwise), reading);
    if (value.isEmpty() || !reading.problems().isEmpty()) {
      throw new IllegalStateException("no valid default: " + reading.problems());
    }
    return add(new Key<>(name, decoder, value, false, Optional.of(otherwise), says));
  }

  /** Exactly one of these optional keys must be written. */
  public void exactlyOneOf(Key<?>... some) {
    alternatives = java.util.Arrays.stream(some).map(Key::name).toList();
  }

  /** The decoder of the whole mapping. */
  public <T> Mapping<T> into(Function<Values, T> build) {
    return new Mapping<>(List.copyOf(keys), alternatives, build);
  }

  private <T> Key<T> add(Key<T> key) {
    keys.add(key);
    return key;
  }
}
