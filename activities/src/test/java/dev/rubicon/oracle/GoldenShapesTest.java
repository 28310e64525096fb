package dev.rubicon.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.rubicon.transition.Bench;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What a rollout leaves in the catalog after each phase, for every kind of shape: reviewed like
 * code, whatever the code that makes it looks like. Each stage shows only what differs from the one
 * before. Run with {@code -Drubicon.golden=write} to write the files anew.
 */
@Tag("slow")
class GoldenShapesTest {
  private static final Path FILES = Path.of("src/test/resources/golden/shapes");
  private static final String EVERY = "every-shape";
  private static final String MAJOR = "15";

  /** Of one rollout; the more there are, the longer each takes to install. */
  private static final int TOGETHER = 7;

  @Test
  void theCatalogIsWhatTheGoldenFilesSay() throws IOException {
    String major = new Bench().one("SELECT current_setting('server_version_num')::int / 10000");
    assumeThat(Integer.parseInt(major))
        .as("foreign keys of partitioned relations, as some shapes have them")
        .isGreaterThanOrEqualTo(15);
    List<GoldenShape> shapes = GoldenShapes.all();
    var texts = new TreeMap<String, String>();
    for (int from = 0; from < shapes.size(); from += TOGETHER) {
      var some = shapes.subList(from, Math.min(from + TOGETHER, shapes.size()));
      List<GoldenStage> stages = stages(some);
      texts.putIfAbsent(EVERY, "# for every shape\n" + text(CatalogPrint::shared, stages));
      some.forEach(
          s -> texts.put(s.name(), head(s) + text(m -> CatalogPrint.of(s.number(), m), stages)));
    }
    if (major.equals(MAJOR) && "write".equals(System.getProperty("rubicon.golden"))) {
      write(texts);
    }
    assertThat(texts.keySet()).isEqualTo(files());
    for (var text : texts.entrySet()) {
      compare(major, text.getKey(), text.getValue());
    }
  }

  /** PostgreSQL prints its catalog in other words from one major version to another. */
  private static void compare(String major, String name, String text) throws IOException {
    String golden = Files.readString(file(name));
    if (!major.equals(MAJOR)) {
      assumeThat(text)
          .as("PostgreSQL %s prints %s otherwise than PostgreSQL %s", major, name, MAJOR)
          .isEqualTo(golden);
    }
    assertThat(text).as(name).isEqualTo(golden);
  }

  private record GoldenStage(String name, Map<String, String> before, Map<String, String> after) {}

  /** One rollout of these shapes, and before it one that is given up. */
  private static List<GoldenStage> stages(List<GoldenShape> shapes) {
    var bench = new Bench("CREATE TYPE mood AS ENUM ('sad', 'ok', 'so so')", "CREATE SCHEMA canon");
    bench.run(GoldenShapes.TOUCH);
    shapes.forEach(s -> s.addTo(bench));
    bench.schemas = List.of("public", "canon");
    bench.migration("V1__canonical.sql", script(shapes.stream().map(GoldenShape::migration)));
    bench.migration("U1__canonical.sql", script(shapes.stream().map(GoldenShape::undo)));
    var print = new CatalogPrint(bench);
    var untouched = print.read();
    bench.install();
    bench.backfill();
    bench.verify();
    bench.cutover();
    bench.rollback();
    bench.abort();
    var stages = new ArrayList<GoldenStage>();
    stages.add(
        new GoldenStage(
            "taken back and removed, against what was there before", untouched, print.read()));
    bench.expand();
    var before = print.read();
    // The migration is not ours; what stands in our schema is.
    before.keySet().removeIf(object -> object.contains(" rubicon."));
    for (var phase : phases(bench).entrySet()) {
      phase.getValue().run();
      var after = print.read();
      stages.add(new GoldenStage(phase.getKey(), before, after));
      before = after;
    }
    return stages;
  }

  private static String script(Stream<List<String>> statements) {
    return statements.flatMap(List::stream).map(s -> s + ";\n").collect(Collectors.joining());
  }

  private static Map<String, Runnable> phases(Bench bench) {
    var phases = new LinkedHashMap<String, Runnable>();
    phases.put("installed", bench::dualWrite);
    phases.put(
        "opened",
        () -> {
          bench.backfill();
          bench.verify();
        });
    phases.put("crossed", bench::cutover);
    phases.put("taken back", bench::rollback);
    phases.put(
        "crossed again and contracted",
        () -> {
          bench.verify();
          bench.cutover();
          bench.verify();
          bench.contract();
        });
    return phases;
  }

  private static String head(GoldenShape shape) {
    var text = new StringBuilder("# " + shape.name() + "\n");
    shape.about().forEach(line -> text.append("# ").append(line).append('\n'));
    shape.legacy().forEach(sql -> text.append(sql).append(";\n"));
    shape.migration().forEach(sql -> text.append(sql).append(";\n"));
    return text.toString();
  }

  private static String text(UnaryOperator<Map<String, String>> mine, List<GoldenStage> stages) {
    var text = new StringBuilder();
    for (GoldenStage stage : stages) {
      text.append("\n## ").append(stage.name()).append("\n\n");
      for (String line :
          CatalogPrint.differences(mine.apply(stage.before()), mine.apply(stage.after()))) {
        text.append(line.stripTrailing()).append('\n');
      }
    }
    return text.toString();
  }

  private static Path file(String name) {
    return FILES.resolve(name + ".txt");
  }

  private static Set<String> files() throws IOException {
    try (var files = Files.list(FILES)) {
      return new TreeSet<>(files.map(f -> f.getFileName().toString().replace(".txt", "")).toList());
    }
  }

  private static void write(Map<String, String> texts) throws IOException {
    Files.createDirectories(FILES);
    for (String old : files()) {
      Files.delete(file(old));
    }
    texts.forEach(
        (name, text) -> {
          try {
            Files.writeString(file(name), text);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }
}
