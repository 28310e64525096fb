package dev.rubicon.bench.row;

import dev.rubicon.bench.Aim;
import dev.rubicon.bench.Benchmark;
import dev.rubicon.bench.Scale;
import dev.rubicon.bench.Way;
import dev.rubicon.bench.World;
import dev.rubicon.postgres.Target;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * What a client's statement costs more while both sides are written. Statements of one row go by
 * the hundred in a transaction, so that its commit does not hide them.
 */
public final class DualWriteCost implements Benchmark {
  private static final String NONE = "no rollout";
  private static final int STATEMENTS = 2_000;
  private static final int TOGETHER = 100;
  private static final int MANY = 10_000;
  private static final int MANY_TIMES = 3;

  private static final Map<String, String> SINGLE =
      Map.of(
          "UPDATE µs", "UPDATE events SET name = 'other' || id WHERE id = %d",
          "INSERT µs",
              "INSERT INTO events VALUES (%d + 1000000000, '2026-02-02', 'new', 'm', 1, '{}')",
          "DELETE µs", "DELETE FROM events WHERE id = %d + 1000000000");
  private static final Map<String, String> WHOLE =
      Map.of(
          "10,000-row UPDATE µs/row",
              "UPDATE events SET name = 'other' || id WHERE id BETWEEN %d AND %d",
          "10,000-row INSERT µs/row",
              "INSERT INTO events SELECT g + 2000000000, '2026-02-02', 'new', 'm', 1, '{}' FROM"
                  + " generate_series(%d, %d) g",
          "10,000-row DELETE µs/row",
              "DELETE FROM events WHERE id BETWEEN 2000000000 + %d AND 2000000000 + %d");
  private static final List<String> ORDER = List.of("UPDATE", "INSERT", "DELETE");

  @Override
  public String name() {
    return "dual-write";
  }

  @Override
  public String what() {
    return "a client's statements while both sides are written and filled";
  }

  @Override
  public IntStream sizes(Scale scale) {
    return IntStream.of(100_000);
  }

  @Override
  public List<Way> ways(World world, int size) {
    return List.of(
        way(NONE, "the table alone", world, size, target -> target),
        way("in place", "filled", world, size, target -> filled(target, true)),
        way("shadow", "filled, in twelve partitions", world, size, target -> filled(target, false)));
  }

  private static Target filled(Target target, boolean inPlace) {
    (inPlace ? Events.inPlace(target, 1) : Events.partitioned(target, 1)).install().backfill();
    return target;
  }

  private static Way way(
      String name, String how, World world, int size, UnaryOperator<Target> prepared) {
    return new Way(
        name,
        how,
        () -> {
          Target target = prepared.apply(Events.copy(world, size));
          world.execute(target.database(), "VACUUM ANALYZE");
          var figures = new HashMap<String, Double>();
          try (Connection client = World.connect(target, "client")) {
            client.setAutoCommit(false);
            for (String kind : ORDER) {
              String metric = kind + " µs";
              figures.put(metric, single(client, SINGLE.get(metric)));
            }
            for (String kind : ORDER) {
              String metric = "10,000-row " + kind + " µs/row";
              figures.put(metric, whole(client, WHOLE.get(metric)));
            }
          }
          return figures;
        });
  }

  /** The median of what a transaction's statements took each, its commit left out. */
  private static double single(Connection client, String sql) throws SQLException {
    var each = new ArrayList<Double>();
    try (var statement = client.createStatement()) {
      for (int done = 0; done < STATEMENTS; done += TOGETHER) {
        long began = System.nanoTime();
        for (int i = 1; i <= TOGETHER; i++) {
          statement.executeUpdate(sql.formatted(done + i));
        }
        each.add((System.nanoTime() - began) / 1e3 / TOGETHER);
        client.commit();
      }
    }
    return each.stream().sorted().toList().get(each.size() / 2);
  }

  private static double whole(Connection client, String sql) throws SQLException {
    double best = Double.MAX_VALUE;
    try (var statement = client.createStatement()) {
      for (int i = 0; i < MANY_TIMES; i++) {
        long began = System.nanoTime();
        statement.executeUpdate(sql.formatted(20_000 + i * MANY + 1, 20_000 + (i + 1) * MANY));
        best = Math.min(best, (System.nanoTime() - began) / 1e3 / MANY);
        client.commit();
      }
    }
    return best;
  }

  @Override
  public List<Aim> aims() {
    var aims = new ArrayList<Aim>();
    for (String kind : ORDER) {
      aims.add(Aim.atMost(kind + " µs", "in place", NONE, 1.2));
      aims.add(Aim.atMost(kind + " µs", "shadow", NONE, 2));
      aims.add(Aim.atMost("10,000-row " + kind + " µs/row", "shadow", NONE, 1.5));
    }
    return aims;
  }
}
