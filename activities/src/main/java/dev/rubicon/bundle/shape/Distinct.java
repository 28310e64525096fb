package dev.rubicon.bundle.shape;

import dev.rubicon.yaml.Decoder;
import java.util.HashSet;
import java.util.List;
import java.util.function.Function;

/** Lists in which no two entries may be called the same. */
final class Distinct {
  private Distinct() {}

  /**
   * @param key where the name stands in an entry
   */
  static <T> Decoder<List<T>> by(Decoder<List<T>> list, String key, Function<T, String> name) {
    return Decoder.of(
        list::schema,
        (node, reading) -> {
          var entries = list.decode(node, reading);
          var seen = new HashSet<String>();
          for (T entry : entries.orElse(List.of())) {
            if (!seen.add(name.apply(entry))) {
              reading.problem(
                  reading.at(entry, key), key + " '" + name.apply(entry) + "' is there twice");
            }
          }
          return entries;
        });
  }
}
