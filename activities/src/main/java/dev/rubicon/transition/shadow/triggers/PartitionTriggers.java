package dev.rubicon.transition.shadow.triggers;

import dev.rubicon.locks.Step;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.transition.shadow.Direction;
import dev.rubicon.transition.shadow.ShadowPlan;
import java.util.ArrayList;
import java.util.List;

/**
 * Partitions that were created since dual write began. PostgreSQL gives them the row triggers of
 * the relation that they belong to, but not its TRUNCATE trigger: the engine gives them one before
 * each phase and in each round of the watch.
 */
public final class PartitionTriggers {
  private PartitionTriggers() {}

  /** One list for each partition that lacks its trigger. */
  public static List<List<Step>> missing(PgSession session, ShadowPlan plan) {
    var missing = new ArrayList<List<Step>>();
    for (Direction way : List.of(plan.up(), plan.down())) {
      if (way.from().partitioned()) {
        for (RelationName partition : lacking(session, plan, way)) {
          var lock = new Step.Lock(partition, Step.Mode.SHARE_ROW_EXCLUSIVE);
          missing.add(
              Truncation.ofPartition(plan, way, partition.sql()).stream()
                  .map(sql -> Step.of("follow " + partition, sql, lock))
                  .toList());
        }
      }
    }
    return missing;
  }

  private static List<RelationName> lacking(PgSession session, ShadowPlan plan, Direction way) {
    return session.query(
        """
        SELECT n.nspname, c.relname FROM pg_partition_tree(?::bigint::oid::regclass) p
        JOIN pg_class c ON c.oid = p.relid AND c.relkind <> 'f'
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE NOT EXISTS (SELECT FROM pg_trigger t
                          WHERE t.tgrelid = c.oid AND t.tgfoid = to_regproc(?)
                          AND t.tgtype & 2 <> 0)
        ORDER BY 1, 2
        """,
        row -> new RelationName(row.getString(1), row.getString(2)),
        way.from().oid(),
        Truncation.name(plan, way));
  }
}
