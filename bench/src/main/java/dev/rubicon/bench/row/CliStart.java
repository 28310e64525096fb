package dev.rubicon.bench.row;

import dev.rubicon.bench.Aim;
import dev.rubicon.bench.Benchmark;
import dev.rubicon.bench.Program;
import dev.rubicon.bench.Scale;
import dev.rubicon.bench.Way;
import dev.rubicon.bench.World;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** What a person waits for before anything happens. */
public final class CliStart implements Benchmark {
  private static final int TIMES = 10;

  @Override
  public String name() {
    return "cli-start";
  }

  @Override
  public String what() {
    return "start the command line";
  }

  @Override
  public String of() {
    return "command";
  }

  @Override
  public IntStream sizes(Scale scale) {
    return IntStream.of(1);
  }

  @Override
  public List<Way> ways(World world, int size) {
    Map<String, String> environment = world.environment(world.target("postgres"));
    return List.of(
        way("psql", "psql -c 'SELECT 1'", List.of("psql"), environment),
        way(
            "Rubicon",
            "bin/rubicon --version",
            List.of(),
            environment));
  }

  private static Way way(
      String name, String line, List<String> needs, Map<String, String> environment) {
    return new Way(
        name,
        line,
        () ->
            Map.of(
                "s",
                Events.seconds(
                        () -> {
                          for (int i = 0; i < TIMES; i++) {
                            Program.bash(environment, line, needs);
                          }
                        })
                    / TIMES));
  }

  @Override
  public List<Aim> aims() {
    return List.of(Aim.below("s", "Rubicon", 0.3));
  }
}
