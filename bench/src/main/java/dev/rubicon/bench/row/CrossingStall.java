package dev.rubicon.bench.row;

import dev.rubicon.bench.Aim;
import dev.rubicon.bench.Benchmark;
import dev.rubicon.bench.Rollout;
import dev.rubicon.bench.Scale;
import dev.rubicon.bench.Way;
import dev.rubicon.bench.World;
import dev.rubicon.postgres.Target;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** How long one client's statement stands still at a crossing and at the way back. */
public final class CrossingStall implements Benchmark {
  private static final String BARE = "two renames, bare";
  private static final String HELD = "in place, held";
  private static final int CROSSINGS = 7;
  private static final int HELD_CROSSINGS = 3;
  private static final long HELD_NANOS = 1_000_000_000L;

  /** In milliseconds, as {@link Events#inPlace} has it. */
  private static final int LOCK_TIMEOUT = 100;

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
    return List.of(
        new Way(BARE, "in one transaction: " + String.join("; ", THERE), () -> bare(world, size)),
        ours("in place", world, size, target -> Events.inPlace(target, 1)),
        ours("shadow, name changes hands", world, size, Events::sameName),
        held(world, size));
  }

  /** Another transaction has read the table and stays open: what waits for it gives way in time. */
  private static Way held(World world, int size) {
    return new Way(
        HELD,
        "the same while a transaction that has read the table is open for a second; lock-timeout "
            + LOCK_TIMEOUT
            + " ms",
        () -> {
          Target target = Events.copy(world, size);
          Rollout rollout = Events.inPlace(target, 1).install();
          rollout.backfill();
          return stalls(
              target,
              size,
              HELD_CROSSINGS,
              rollout::verify,
              () -> beside(target, rollout::cutover),
              () -> beside(target, rollout::rollback));
        });
  }

  private static void beside(Target target, Events.Work crossing) throws Exception {
    try (Connection holder = World.connect(target, "holder");
        var statement = holder.createStatement()) {
      holder.setAutoCommit(false);
      statement.executeQuery("SELECT count(*) FROM events").close();
      var release =
          CompletableFuture.runAsync(
              () -> {
                LockSupport.parkNanos(HELD_NANOS);
                try {
                  holder.commit();
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              },
              Thread::startVirtualThread);
      crossing.run();
      release.join();
    }
  }

  private static Map<String, Double> bare(World world, int size) throws Exception {
    Target target = Events.copy(world, size);
    world.execute(
        target.database(),
        "CREATE TABLE events2 (LIKE events INCLUDING ALL)",
        "INSERT INTO events2 SELECT * FROM events");
    return stalls(
        target,
        size,
        CROSSINGS,
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
      String name, World world, int size, Function<Target, Rollout> of) {
    return new Way(
        name,
        "the phases cutover and rollback",
        () -> {
          Target target = Events.copy(world, size);
          Rollout rollout = of.apply(target).install();
          rollout.backfill();
          return stalls(
              target, size, CROSSINGS, rollout::verify, rollout::cutover, rollout::rollback);
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
    return Stream.of("cutover ms", "rollback ms")
        .flatMap(
            metric ->
                Stream.of(
                    Aim.atMost(metric, "in place", BARE, 2).besides(10),
                    Aim.atMost(metric, "shadow, name changes hands", BARE, 2).besides(10),
                    Aim.below(metric, HELD, LOCK_TIMEOUT + 20)))
        .toList();
  }
}
