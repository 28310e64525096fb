package dev.rubicon.bench.row;

import dev.rubicon.bench.Aim;
import dev.rubicon.bench.Benchmark;
import dev.rubicon.bench.Way;
import dev.rubicon.bench.World;
import dev.rubicon.postgres.Target;
import java.util.List;

/** The limit writes each row once, in one statement that nobody could live with. */
public final class BackfillInPlace implements Benchmark {
  private static final String LIMIT = "one UPDATE";
  private static final String FILL = "UPDATE events SET label = upper(name)";

  @Override
  public String name() {
    return "backfill-in-place";
  }

  @Override
  public String what() {
    return "fill a column computed of another, with nobody at work";
  }

  @Override
  public List<Way> ways(World world, int size) {
    return List.of(
        new Way(
            LIMIT,
            FILL,
            () -> {
              Target target = Events.copy(world, size);
              world.execute(target.database(), "ALTER TABLE events ADD COLUMN label text");
              return Events.timed(size, () -> world.execute(target.database(), FILL));
            }),
        ours(world, size, 1),
        ours(world, size, 2),
        new Way(
            "pgroll, as documented",
            PgrollStatements.HOW,
            () -> {
              Target target = Events.copy(world, size);
              try (var pgroll = new PgrollStatements(target)) {
                return Events.timed(size, pgroll::backfill);
              }
            }));
  }

  private static Way ours(World world, int size, int sessions) {
    return new Way(
        "Rubicon, " + sessions + (sessions == 1 ? " session" : " sessions"),
        "the phase backfill, its counts included; parallel: " + sessions,
        () -> {
          var rollout = Events.inPlace(Events.copy(world, size), sessions).install();
          return Events.timed(size, rollout::backfill);
        });
  }

  @Override
  public List<Aim> aims() {
    return List.of(
        Aim.atLeast("rows/s", "Rubicon, 1 session", LIMIT, 0.65),
        Aim.atLeast("rows/s", "Rubicon, 2 sessions", LIMIT, 0.8));
  }
}
