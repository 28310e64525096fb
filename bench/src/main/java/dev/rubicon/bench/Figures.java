package dev.rubicon.bench;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a run has measured, as {@code target/bench/*.json} holds it.
 *
 * @param series one for each way and size
 */
public record Figures(Machine machine, List<Series> series) {

  /**
   * @param size how many of what the benchmark counts
   * @param samples by metric, in the order of the rounds; empty where the way could not be had
   * @param missing why it could not
   */
  public record Series(
      String benchmark,
      int size,
      String way,
      String how,
      Map<String, List<Double>> samples,
      Optional<String> missing) {

    Optional<Double> median(String metric) {
      return Optional.ofNullable(samples.get(metric)).map(Figures::median);
    }
  }

  Stream<Series> of(String benchmark, int size) {
    return series.stream().filter(s -> s.benchmark().equals(benchmark) && s.size() == size);
  }

  /** What an aim is about: a ratio, or the figure itself. Empty where it was not measured. */
  Optional<Double> value(String benchmark, int size, Aim aim) {
    Optional<Double> ours =
        median(benchmark, size, aim.way(), aim.metric())
            .map(value -> Math.max(0, value - aim.besides()));
    return aim.peer().isEmpty()
        ? ours
        : ours.flatMap(
            value ->
                median(benchmark, size, aim.peer().get(), aim.metric())
                    .filter(peer -> peer > 0)
                    .map(peer -> value / peer));
  }

  private Optional<Double> median(String benchmark, int size, String way, String metric) {
    return of(benchmark, size)
        .filter(s -> s.way().equals(way))
        .flatMap(s -> s.median(metric).stream())
        .findFirst();
  }

  private static double median(List<Double> values) {
    var sorted = values.stream().sorted().toList();
    return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
  }
}
