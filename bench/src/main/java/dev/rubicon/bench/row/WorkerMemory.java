package dev.rubicon.bench.row;

import dev.rubicon.bench.Aim;
import dev.rubicon.bench.Benchmark;
import dev.rubicon.bench.Program;
import dev.rubicon.bench.Rollout;
import dev.rubicon.bench.Way;
import dev.rubicon.bench.World;
import dev.rubicon.postgres.Secret;
import dev.rubicon.postgres.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** The most memory that a process of its own took for the phases that read whole tables. */
public final class WorkerMemory implements Benchmark {
  private static final String METRIC = "MB resident at most";

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public String what() {
    return "dual write, backfill and verification of a shadow, in a JVM of its own";
  }

  @Override
  public List<Way> ways(World world, int size) {
    return List.of(
        new Way(
            "Rubicon",
            "VmHWM of a JVM with the options of bin/rubicon worker, without workflow, ledger and HTTP",
            () -> {
              Target target = Events.copy(world, size);
              String printed =
                  Program.run(
                      world.environment(target),
                      List.of(
                          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                          "-cp",
                          System.getProperty("java.class.path"),
                          "-XX:MaxRAMPercentage=40",
                          Phases.class.getName(),
                          target.url(),
                          target.user()));
              String last = printed.strip().lines().toList().getLast();
              return Map.of(METRIC, Double.parseDouble(last) / 1_000);
            }));
  }

  @Override
  public List<Aim> aims() {
    return List.of(Aim.below(METRIC, "Rubicon", 300));
  }

  /** The process: prints its peak in kilobytes at the end. */
  static final class Phases implements Callable<Long> {
    private final Target target;

    private Phases(Target target) {
      this.target = target;
    }

    public static void main(String[] arguments) throws Exception {
      var password = new Secret(System.getenv("PGPASSWORD"));
      System.out.println(
          new Phases(new Target("bench", arguments[0], arguments[1], password, Map.of())).call());
    }

    @Override
    public Long call() throws Exception {
      Rollout rollout = Events.partitioned(target, 2).install();
      rollout.backfill();
      rollout.verify();
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("VmHWM"))
          .map(line -> line.replaceAll("\\D", ""))
          .mapToLong(Long::parseLong)
          .findFirst()
          .orElseThrow();
    }
  }
}
