package dev.rubicon.bench.row;

import dev.rubicon.bench.Aim;
import dev.rubicon.bench.Benchmark;
import dev.rubicon.bench.Way;
import dev.rubicon.bench.World;
import dev.rubicon.postgres.Target;
import java.util.List;

/** The limit writes each row once, into a table without partitions, in one statement. */
public final class CopyShadow implements Benchmark {
  private static final String LIMIT = "one INSERT … SELECT";
  private static final String COPY = "INSERT INTO plain SELECT * FROM events";

  @Override
  public String name() {
    return "copy-shadow";
  }

  @Override
  public String what() {
    return "copy a table into a shadow of twelve partitions, with nobody at work";
  }

  @Override
  public List<Way> ways(World world, int size) {
    return List.of(
        new Way(
            LIMIT,
            COPY,
            () -> {
              Target target = Events.copy(world, size);
              world.execute(
                  target.database(), "CREATE TABLE plain (LIKE events INCLUDING INDEXES)");
              return Events.timed(size, () -> world.execute(target.database(), COPY));
            }),
        ours(world, size, 1),
        ours(world, size, 2));
  }

  private static Way ours(World world, int size, int sessions) {
    return new Way(
        "Rubicon, " + sessions + (sessions == 1 ? " session" : " sessions"),
        "the phase backfill, its counts included; parallel: " + sessions,
        () -> {
          var rollout = Events.partitioned(Events.copy(world, size), sessions).install();
          return Events.timed(size, rollout::backfill);
        });
  }

  @Override
  public List<Aim> aims() {
    return List.of(
        Aim.atLeast("rows/s", "Rubicon, 1 session", LIMIT, 0.35),
        Aim.atLeast("rows/s", "Rubicon, 2 sessions", LIMIT, 0.5));
  }
}
