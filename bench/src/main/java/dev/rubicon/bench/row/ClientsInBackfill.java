package dev.rubicon.bench.row;

import dev.rubicon.bench.Aim;
import dev.rubicon.bench.Benchmark;
import dev.rubicon.bench.Rollout;
import dev.rubicon.bench.Scale;
import dev.rubicon.bench.Way;
import dev.rubicon.bench.World;
import dev.rubicon.postgres.Target;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/** What clients notice of a backfill, and what it still gets done: one without the other is easy. */
public final class ClientsInBackfill implements Benchmark {
  private static final String ALONE = "clients alone";
  private static final int ALONE_STATEMENTS = 15 * Traffic.PER_SECOND;

  @Override
  public String name() {
    return "clients-in-backfill";
  }

  @Override
  public String what() {
    return "200 statements a second by key, while the table is filled; batch-target as it comes";
  }

  /** One per cent of a short run is nobody. */
  @Override
  public IntStream sizes(Scale scale) {
    return scale.quick() ? IntStream.of(500_000) : IntStream.of(2_000_000);
  }

  @Override
  public List<Way> ways(World world, int size) {
    return List.of(
        new Way(
            ALONE,
            "no rollout",
            () -> {
              try (var traffic = new Traffic(Events.copy(world, size), size)) {
                return traffic.during(() -> traffic.untilAnswered(ALONE_STATEMENTS));
              }
            }),
        ours("in place", world, size, target -> Events.inPlace(target, 1)),
        ours("shadow", world, size, target -> Events.partitioned(target, 1)));
  }

  private static Way ours(String name, World world, int size, Function<Target, Rollout> rollout) {
    return new Way(
        name,
        "the phase backfill, one session",
        () -> {
          Target target = Events.copy(world, size);
          Rollout installed = rollout.apply(target).install();
          try (var traffic = new Traffic(target, size)) {
            var work = new HashMap<String, Double>();
            Map<String, Double> seen =
                traffic.during(() -> work.putAll(Events.timed(size, installed::backfill)));
            work.putAll(seen);
            return work;
          }
        });
  }

  @Override
  public List<Aim> aims() {
    return List.of(
        Aim.atMost("p99 ms", "in place", ALONE, 2), Aim.atMost("p99 ms", "shadow", ALONE, 2));
  }
}
