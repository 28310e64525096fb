package dev.rubicon.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** {@code docs/benchmarks.md} with its charts, of the JSON files of earlier runs. */
final class Page {
  private static final String HEAD =
      """
      # Benchmarks

      Written by `bench/run --page` of what `bench/run` measured; figures, not tests: nothing here fails a build. **Medians** (least–most) of interleaved rounds, each on a
      fresh copy of the same data; a ratio is one median by another of the same run. `bench/run NAME` makes one again, `bench/run --quick` all of them with 100 thousand rows. The raw
      samples lie in [benchmarks/](benchmarks/).
      """;

  private Page() {}

  static void write(Path results, Path docs) throws IOException {
    Path raw = Files.createDirectories(docs.resolve("benchmarks"));
    var page = new StringBuilder(HEAD);
    for (Benchmark benchmark : Run.ALL) {
      Path measured = results.resolve(benchmark.name() + ".json");
      Path kept = raw.resolve(benchmark.name() + ".json");
      if (Files.exists(measured)) {
        Files.write(kept, Files.readAllBytes(measured));
      }
      if (!Files.exists(kept)) {
        page.append("\n## ").append(benchmark.name()).append("\n\nNot measured yet.\n");
        continue;
      }
      Figures figures = Run.JSON.readValue(kept.toFile(), Figures.class);
      page.append(Report.of(benchmark, figures));
      Optional<String> chart = Chart.of(benchmark, figures);
      if (chart.isPresent()) {
        Files.writeString(raw.resolve(benchmark.name() + ".svg"), chart.get());
        page.append("\n![%1$s](benchmarks/%1$s.svg)\n".formatted(benchmark.name()));
      }
      page.append(ways(benchmark, figures)).append(machine(figures.machine()));
    }
    Files.writeString(docs.resolve("benchmarks.md"), page.toString());
  }

  private static String ways(Benchmark benchmark, Figures figures) {
    return figures.series().stream()
        .filter(series -> series.size() == figures.series().getFirst().size())
        .map(series -> "\n- *%s*: %s".formatted(series.way(), series.how()))
        .collect(Collectors.joining("", "\n`bench/run " + benchmark.name() + "`\n", "\n"));
  }

  private static String machine(Machine machine) {
    return String.format(
        Locale.ROOT,
        "%n%s, commit %s: %s, %d cores, %,d MB, load average %.1f at the beginning; PostgreSQL %s"
            + " with %s; Java %s%n",
        machine.day(),
        machine.commit(),
        machine.processor(),
        machine.cores(),
        machine.memoryMegabytes(),
        machine.load(),
        machine.postgres(),
        new java.util.TreeMap<>(machine.settings()),
        machine.java());
  }
}
