package dev.rubicon.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the command line asks for.
 *
 * @param page whether the page is to be written of what earlier runs have measured
 * @param results folder of JSON files, one for each benchmark
 * @param docs folder of the page and its charts
 */
record Choice(List<Benchmark> benchmarks, Scale scale, boolean page, Path results, Path docs) {
  private static final String USAGE =
      """
      bench/run [NAME...] [--quick | --rows N,N...] [--rounds N]
      bench/run --page          writes docs/benchmarks.md of what was measured last
      Names: %s""";

  static Choice of(String[] arguments) {
    var benchmarks = new ArrayList<Benchmark>();
    Scale scale = Scale.FULL;
    boolean page = false;
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--quick" -> scale = Scale.QUICK;
        case "--page" -> page = true;
        case "--rows" ->
            scale =
                new Scale(
                    Stream.of(value(arguments, ++i).split(",")).map(Integer::valueOf).toList(),
                    scale.rounds());
        case "--rounds" ->
            scale = new Scale(scale.sizes(), Integer.parseInt(value(arguments, ++i)));
        default -> benchmarks.add(named(arguments[i]));
      }
    }
    return new Choice(
        benchmarks.isEmpty() ? Run.ALL : benchmarks,
        scale,
        page,
        Path.of("target", "bench"),
        Path.of("docs"));
  }

  private static String value(String[] arguments, int i) {
    if (i >= arguments.length) {
      throw new IllegalArgumentException(usage());
    }
    return arguments[i];
  }

  private static Benchmark named(String name) {
    return Run.ALL.stream()
        .filter(benchmark -> benchmark.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(name + " is none of them\n" + usage()));
  }

  private static String usage() {
    return USAGE.formatted(
        Run.ALL.stream().map(Benchmark::name).collect(Collectors.joining(", ")));
  }
}
