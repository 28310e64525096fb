package dev.rubicon.backfill;

import dev.rubicon.engine.EvidenceName;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.rollout.Facts;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Rows per second over time, from the first batch on: read from the batches on the target, which
 * outlive the worker that wrote them. A stretch without work shows as zero.
 */
public final class Throughput {
  /** Under which name it is recorded. */
  public static final EvidenceName<List<Point>> EVIDENCE =
      EvidenceName.ofList("throughput", Point.class);

  private static final int POINTS = 300;

  /** One point of the report's chart. */
  public record Point(String at, double rowsPerSecond, String note) {}

  private Throughput() {}

  /** What was moved, per relation that was filled. */
  static Map<String, Facts.Moved> moved(PgSession session) {
    var moved = new TreeMap<String, Facts.Moved>();
    session
        .query(
            """
            SELECT relation, sum(rows), count(*),
                   extract(epoch FROM max(at) - min(at - make_interval(secs => milliseconds / 1000)))
            FROM rubicon.backfill_batch GROUP BY relation
            """,
            row -> {
              long rows = row.getLong(2);
              double seconds = Math.max(0.001, row.getDouble(4));
              return Map.entry(
                  row.getString(1),
                  new Facts.Moved(
                      rows, row.getLong(3), rounded(seconds, 1000), rounded(rows / seconds, 10)));
            })
        .forEach(entry -> moved.put(entry.getKey(), entry.getValue()));
    return moved;
  }

  private static double rounded(double value, double parts) {
    return Math.round(value * parts) / parts;
  }

  /** At most a few hundred points, half a second apart or more, however long it ran. */
  static List<Point> read(PgSession session) {
    return session.query(
        """
        WITH span AS (
          SELECT min(at - make_interval(secs => milliseconds / 1000)) AS began,
                 extract(epoch FROM max(at) - min(at - make_interval(secs => milliseconds / 1000)))::float8 AS seconds
          FROM rubicon.backfill_batch
        ), step AS (
          SELECT began, points, seconds / points AS seconds
          FROM (SELECT began, seconds, greatest(1, least(?, floor(seconds * 2)))::integer AS points FROM span) s
          WHERE seconds > 0
        ), filled AS (
          SELECT least(points - 1, floor(extract(epoch FROM at - began) / seconds))::integer AS i, sum(rows) AS rows
          FROM rubicon.backfill_batch CROSS JOIN step
          GROUP BY 1
        )
        SELECT began + make_interval(secs => seconds * (i + 1)), round((coalesce(rows, 0) / seconds)::numeric, 1)
        FROM step CROSS JOIN generate_series(0, points - 1) i LEFT JOIN filled USING (i)
        ORDER BY i
        """,
        row ->
            new Point(
                row.getObject(1, OffsetDateTime.class).toInstant().toString(),
                row.getDouble(2),
                ""),
        POINTS);
  }
}
