package dev.rubicon.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import dev.rubicon.bench.row.BackfillInPlace;
import dev.rubicon.bench.row.BackupSpeed;
import dev.rubicon.bench.row.CatalogSpeed;
import dev.rubicon.bench.row.CliStart;
import dev.rubicon.bench.row.ClientsInBackfill;
import dev.rubicon.bench.row.CloneSpeed;
import dev.rubicon.bench.row.CopyShadow;
import dev.rubicon.bench.row.CrossingStall;
import dev.rubicon.bench.row.DualWriteCost;
import dev.rubicon.bench.row.VerifyCost;
import dev.rubicon.bench.row.WorkerMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * {@code bench/run}: measures, prints, and keeps what it measured.
 *
 * <p>Ways take turns, so that what else the machine does meanwhile meets all of them; the smallest
 * size has a round more at first, which is not counted.
 */
public final class Run {
  static final List<Benchmark> ALL =
      List.of(
          new BackfillInPlace(),
          new CopyShadow(),
          new ClientsInBackfill(),
          new DualWriteCost(),
          new VerifyCost(),
          new CrossingStall(),
          new BackupSpeed(),
          new CloneSpeed(),
          new CatalogSpeed(),
          new WorkerMemory(),
          new CliStart());

  static final ObjectMapper JSON =
      new ObjectMapper()
          .registerModule(new Jdk8Module())
          .enable(SerializationFeature.INDENT_OUTPUT);

  private final World world;
  private final Scale scale;

  private Run(World world, Scale scale) {
    this.world = world;
    this.scale = scale;
  }

  /** Arguments: what {@link Choice} reads. */
  public static void main(String[] arguments) throws Exception {
    Choice choice = Choice.of(arguments);
    if (choice.page()) {
      Page.write(choice.results(), choice.docs());
      return;
    }
    Path folder = Files.createTempDirectory("rubicon-bench");
    try (var world = new World(folder)) {
      var machine = Machine.here(world);
      System.out.printf(
          "%s, %d cores, PostgreSQL %s, load average %.1f%n",
          machine.processor(), machine.cores(), machine.postgres(), machine.load());
      for (Benchmark benchmark : choice.benchmarks()) {
        var figures = new Figures(machine, new Run(world, choice.scale()).all(benchmark));
        Files.createDirectories(choice.results());
        JSON.writeValue(choice.results().resolve(benchmark.name() + ".json").toFile(), figures);
        System.out.println(Report.of(benchmark, figures));
      }
    }
  }

  private List<Figures.Series> all(Benchmark benchmark) throws IOException {
    var series = new ArrayList<Figures.Series>();
    int[] sizes = benchmark.sizes(scale).toArray();
    for (int size : sizes) {
      series.addAll(of(benchmark, size, size == sizes[0]));
    }
    return series;
  }

  private List<Figures.Series> of(Benchmark benchmark, int size, boolean first) {
    List<Way> ways = benchmark.ways(world, size);
    var missing = new TreeMap<String, String>();
    var samples = new LinkedHashMap<String, Map<String, List<Double>>>();
    ways.forEach(way -> samples.put(way.name(), new TreeMap<>()));
    for (int round = first ? 0 : 1; round <= scale.rounds(); round++) {
      for (Way way : ways) {
        if (missing.containsKey(way.name())) {
          continue;
        }
        try {
          Map<String, Double> figures = way.once().measure();
          if (round > 0) {
            figures.forEach(
                (metric, value) ->
                    samples
                        .get(way.name())
                        .computeIfAbsent(metric, _ -> new ArrayList<>())
                        .add(value));
          }
        } catch (Program.Missing e) {
          missing.put(way.name(), e.getMessage());
        } catch (Exception e) {
          throw new IllegalStateException(benchmark.name() + ", " + way.name() + " failed", e);
        } finally {
          world.clear();
        }
      }
    }
    return ways.stream()
        .map(
            way ->
                new Figures.Series(
                    benchmark.name(),
                    size,
                    way.name(),
                    way.how(),
                    samples.get(way.name()),
                    Optional.ofNullable(missing.get(way.name()))))
        .toList();
  }
}
