package dev.rubicon.bench;

import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A benchmark's figures as Markdown, which a terminal shows as well: medians, least, most. */
final class Report {
  private Report() {}

  static String of(Benchmark benchmark, Figures figures) {
    var out = new StringBuilder();
    out.append("\n## ").append(benchmark.name()).append("\n\n");
    out.append(capital(benchmark.what())).append(".\n");
    for (int size : figures.series().stream().mapToInt(Figures.Series::size).distinct().toArray()) {
      List<Figures.Series> series = figures.of(benchmark.name(), size).toList();
      List<String> metrics =
          series.stream()
              .flatMap(s -> s.samples().keySet().stream())
              .collect(Collectors.toCollection(TreeSet::new))
              .stream()
              .toList();
      out.append("\n| %,d %s | ".formatted(size, benchmark.of()));
      out.append(String.join(" | ", metrics)).append(" |\n|---|");
      out.append("---|".repeat(metrics.size())).append('\n');
      for (Figures.Series way : series) {
        out.append("| ").append(way.way().replace("|", "\\|")).append(" | ");
        out.append(
            metrics.stream()
                .map(metric -> cell(way, metric))
                .collect(Collectors.joining(" | ")));
        out.append(" |\n");
      }
    }
    return out.append(aims(benchmark, figures)).toString();
  }

  private static String cell(Figures.Series way, String metric) {
    if (way.missing().isPresent()) {
      return "not measured: " + way.missing().get();
    }
    List<Double> samples = way.samples().get(metric);
    if (samples == null) {
      return "";
    }
    double least = samples.stream().mapToDouble(d -> d).min().orElseThrow();
    double most = samples.stream().mapToDouble(d -> d).max().orElseThrow();
    return "**%s** (%s–%s)"
        .formatted(figure(way.median(metric).orElseThrow()), figure(least), figure(most));
  }

  private static String aims(Benchmark benchmark, Figures figures) {
    var out = new StringBuilder();
    for (Aim aim : benchmark.aims()) {
      String values =
          figures.series().stream()
              .mapToInt(Figures.Series::size)
              .distinct()
              .mapToObj(
                  size ->
                      figures
                          .value(benchmark.name(), size, aim)
                          .map(
                              value ->
                                  "%s at %,d%s"
                                      .formatted(
                                          figure(value), size, aim.met(value) ? "" : " (missed)")))
              .flatMap(java.util.Optional::stream)
              .collect(Collectors.joining(", "));
      if (!values.isEmpty()) {
        out.append("\n- ").append(aim.metric()).append(", ").append(aim.way());
        aim.peer().ifPresent(peer -> out.append(" ÷ ").append(peer));
        out.append(": ").append(values).append("; aim ").append(aim.text());
      }
    }
    return out.isEmpty() ? "" : out.insert(0, "\n").append('\n').toString();
  }

  /** Three digits that count. */
  static String figure(double value) {
    int digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
    return String.format(Locale.ROOT, "%,." + digits + "f", value);
  }

  private static String capital(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }
}
