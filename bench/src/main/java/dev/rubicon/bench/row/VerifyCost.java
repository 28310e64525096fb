package dev.rubicon.bench.row;

import dev.rubicon.bench.Aim;
import dev.rubicon.bench.Benchmark;
import dev.rubicon.bench.Rollout;
import dev.rubicon.bench.Way;
import dev.rubicon.bench.World;
import dev.rubicon.postgres.Target;
import java.util.HashMap;
import java.util.List;
import java.util.function.Function;

/** Verification of every row, beside hashes that somebody would write by hand. */
public final class VerifyCost implements Benchmark {
  private static final String HASH = "SELECT count(*), sum(hashtextextended(%1$s::text, 0)) FROM %1$s";

  @Override
  public String name() {
    return "verify";
  }

  @Override
  public String what() {
    return "compare both sides, every row of them; and again after one row in a hundred was written";
  }

  @Override
  public List<Way> ways(World world, int size) {
    return List.of(
        new Way(
            "one hash of one side",
            HASH.formatted("events"),
            () -> {
              Target target = Events.copy(world, size);
              return Events.timed(size, () -> world.one(target.database(), HASH.formatted("events")));
            }),
        new Way(
            "two hashes",
            HASH.formatted("events") + "; and of the partitions",
            () -> {
              Target target = Events.copy(world, size);
              Events.partitioned(target, 2).install().backfill();
              world.execute(target.database(), "VACUUM ANALYZE");
              return Events.timed(
                  size,
                  () -> {
                    world.one(target.database(), HASH.formatted("events"));
                    world.one(target.database(), HASH.formatted("events2"));
                  });
            }),
        ours("in place", world, size, target -> Events.inPlace(target, 2)),
        ours("shadow", world, size, target -> Events.partitioned(target, 2)));
  }

  private static Way ours(String name, World world, int size, Function<Target, Rollout> of) {
    return new Way(
        name,
        "the phase verify as it comes",
        () -> {
          Target target = Events.copy(world, size);
          Rollout rollout = of.apply(target).install();
          rollout.backfill();
          world.execute(target.database(), "VACUUM ANALYZE");
          var figures = new HashMap<>(Events.timed(size, rollout::verify));
          world.execute(target.database(), "UPDATE events SET mail = 'other' WHERE id % 100 = 7");
          figures.put("again s", Events.seconds(rollout::verify));
          figures.put("again, of the first", figures.get("again s") / figures.get("s"));
          return figures;
        });
  }

  @Override
  public List<Aim> aims() {
    return List.of(
        Aim.atLeast("rows/s", "in place", "one hash of one side", 0.8),
        Aim.atLeast("rows/s", "shadow", "two hashes", 0.8));
  }
}
