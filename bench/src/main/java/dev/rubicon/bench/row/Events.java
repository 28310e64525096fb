package dev.rubicon.bench.row;

import dev.rubicon.bench.Rollout;
import dev.rubicon.bench.World;
import dev.rubicon.postgres.Target;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The table of the benchmarks, six columns with a jsonb, and the rollouts that change it. */
final class Events {
  private static final String COLUMNS =
      "id bigint, at timestamptz, name text, mail text, n numeric, doc jsonb";

  private Events() {}

  static Target copy(World world, int rows) {
    Target copy =
        world.copyOf(
            "events_" + rows,
            "CREATE TABLE events (" + COLUMNS + ", PRIMARY KEY (id))",
            """
            INSERT INTO events
            SELECT g, timestamptz '2026-01-01' + g * interval '120 days' / (%1$d + 1), 'Name ' || g,
                   g || '@example.org', g / 7.0, jsonb_build_object('a', g, 'b', 'x' || g)
            FROM generate_series(1, %1$d) g
            """
                .formatted(rows),
            "VACUUM (FREEZE, ANALYZE) events");
    world.one(copy.database(), "SELECT sum(length(e::text)) FROM events e");
    return copy;
  }

  /** A column computed of another, written on both sides. */
  static Rollout inPlace(Target target, int sessions) {
    return new Rollout(
        target,
        """
        transitions:
          - relation: public.events
            columns: [{name: label, type: text, up: "upper(name)", down: {name: label}}]
        backfill: {parallel: %d}
        cutover: {lock-timeout: 100ms}
        """
            .formatted(sessions),
        Map.of());
  }

  /** The same table in twelve partitions. */
  static Rollout partitioned(Target target, int sessions) {
    String partitions =
        IntStream.range(0, 12)
            .mapToObj(
                month ->
                    """
                    CREATE TABLE events2_%d PARTITION OF events2 FOR VALUES
                      FROM (timestamptz '2026-01-01' + interval '%d days')
                      TO (timestamptz '2026-01-01' + interval '%d days');
                    """
                        .formatted(month, month * 10, (month + 1) * 10))
            .collect(Collectors.joining());
    return shadow(
        target,
        sessions,
        "CREATE TABLE events2 ("
            + COLUMNS
            + ", PRIMARY KEY (id, at)) PARTITION BY RANGE (at);\n"
            + partitions,
        "to: public.events2, legacy-name: keep");
  }

  /** The same columns under the same name: what clients call events changes hands. */
  static Rollout sameName(Target target) {
    return shadow(
        target,
        1,
        "CREATE TABLE events2 (" + COLUMNS + ", PRIMARY KEY (id));",
        "to: public.events, built-as: public.events2, legacy-name: hide");
  }

  private static Rollout shadow(Target target, int sessions, String ddl, String keys) {
    return new Rollout(
        target,
        """
        expand: {migrations: expand}
        transitions:
          - {relation: public.events, kind: shadow, %s}
        backfill: {parallel: %d}
        """
            .formatted(keys, sessions),
        Map.of("expand/V1__next.sql", ddl, "expand/U1__next.sql", "DROP TABLE events2;"));
  }

  /** Seconds, and rows a second. */
  static Map<String, Double> timed(int rows, Work work) throws Exception {
    double seconds = seconds(work);
    return Map.of("s", seconds, "rows/s", rows / seconds);
  }

  static double seconds(Work work) throws Exception {
    long began = System.nanoTime();
    work.run();
    return (System.nanoTime() - began) / 1e9;
  }

  /** What is measured. */
  @FunctionalInterface
  interface Work {
    void run() throws Exception;
  }
}
