package dev.rubicon.bench.row;

import dev.rubicon.bench.Aim;
import dev.rubicon.bench.Benchmark;
import dev.rubicon.bench.Rollout;
import dev.rubicon.bench.Scale;
import dev.rubicon.bench.Way;
import dev.rubicon.bench.World;
import dev.rubicon.postgres.Target;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How long one client's statement stands still at a crossing and at the way back. */
public final class CrossingStall implements Benchmark {
  private static final String BARE = "two renames, bare";
  private static final List<String> THERE =
      List.of(
          "ALTER TABLE events RENAME TO events_old", "ALTER TABLE events2 RENAME TO events");
  private static final List<String> BACK =
      List.of(
          "ALTER TABLE events RENAME TO events2", "ALTER TABLE events_old RENAME TO events");

  @Override
  public String name() {
    return "stall";
  }

  @Override
  public String what() {
    return "the longest statement of 200 a second that was under way at a cutover or a rollback";
  }

  @Override
  public IntStream sizes(Scale scale) {
    return IntStream.of(20_000);
  }

  @Override
  public List<Way> ways(World world, int size) {
    int crossings = 7;
    return List.of(
        new Way(BARE, "in one transaction: " + String.join("; ", THERE), () -> bare(world, size, crossings)),
        ours("in place", world, size, crossings, target -> Events.inPlace(target, 1)),
        ours("shadow, name changes hands", world, size, crossings, Events::sameName));
  }

  private static Map<String, Double> bare(World world, int size, int crossings) throws Exception {
    Target target = Events.copy(world, size);
    world.execute(
        target.database(),
        "CREATE TABLE events2 (LIKE events INCLUDING ALL)",
        "INSERT INTO events2 SELECT * FROM events");
    return stalls(
        target,
        size,
        crossings,
        () -> {},
        () -> together(target, THERE),
        () -> together(target, BACK));
  }

  private static void together(Target target, List<String> statements) throws Exception {
    try (Connection connection = World.connect(target, "bare");
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (String sql : statements) {
        statement.execute(sql);
      }
      connection.commit();
    }
  }

  private static Way ours(
      String name, World world, int size, int crossings, Function<Target, Rollout> of) {
    return new Way(
        name,
        "the phases cutover and rollback",
        () -> {
          Target target = Events.copy(world, size);
          Rollout rollout = of.apply(target).install();
          rollout.backfill();
          return stalls(
              target, size, crossings, rollout::verify, rollout::cutover, rollout::rollback);
        });
  }

  private static Map<String, Double> stalls(
      Target target,
      int size,
      int crossings,
      Events.Work before,
      Events.Work there,
      Events.Work back)
      throws Exception {
    try (var traffic = new Traffic(target, size)) {
      return IntStream.range(0, crossings)
          .mapToObj(
              _ -> {
                try {
                  before.run();
                  return Map.of(
                      "cutover ms", traffic.during(there).get("longest ms"),
                      "rollback ms", traffic.during(back).get("longest ms"));
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              })
          .flatMap(figures -> figures.entrySet().stream())
          .collect(
              Collectors.groupingBy(
                  Map.Entry::getKey,
                  Collectors.collectingAndThen(
                      Collectors.mapping(Map.Entry::getValue, Collectors.toList()),
                      values -> values.stream().sorted().toList().get(values.size() / 2))));
    }
  }

  @Override
  public List<Aim> aims() {
    return List.of(
        Aim.atMost("cutover ms", "in place", BARE, 2),
        Aim.atMost("rollback ms", "in place", BARE, 2),
        Aim.atMost("cutover ms", "shadow, name changes hands", BARE, 2),
        Aim.atMost("rollback ms", "shadow, name changes hands", BARE, 2));
  }
}
