package dev.rubicon.shadow;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.RubiconException;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SqlFailure;
import dev.rubicon.transition.LockLadder;
import dev.rubicon.transition.TargetState;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Partitions that were created since dual write began. PostgreSQL gives them the row triggers of
 * the relation that they belong to, but not the one that tells of a TRUNCATE: they get theirs when
 * the engine comes by.
 */
public final class NewPartitions {
  private NewPartitions() {}

  private record Lacking(RelationName partition, ShadowPlan plan, Direction way) {}

  /** Whether any partition lacks its trigger; changes nothing. */
  public static boolean any(PgSession session) {
    return TargetState.find(session).isPresent() && !lacking(session).isEmpty();
  }

  /**
   * One short transaction for each that lacks its trigger, which holds off its writers, not its
   * readers. The caller holds the target's lock.
   */
  public static void follow(PhaseContext context, LockLadder ladder) {
    try (PgSession session = context.open(SessionLimits.SHORT)) {
      var followed = new TreeMap<String, List<LockLadder.Attempt>>();
      for (Lacking lacking : lacking(session)) {
        RelationName partition = lacking.partition();
        context.progress().update(partition.toString(), 0, 0, "following its TRUNCATE");
        try {
          var outcome =
              ladder.run(
                  session,
                  context.progress(),
                  List.of(partition),
                  () -> {
                    Truncation.ofPartition(lacking.plan(), lacking.way(), partition.sql())
                        .forEach(session::execute);
                    return partition;
                  });
          followed.put(partition.toString(), outcome.attempts());
        } catch (RubiconException e) {
          if (!SqlFailure.state(e).equals("42P01")) {
            throw e;
          }
          // Dropped since we looked: retention works on.
        }
      }
      if (!followed.isEmpty()) {
        context.evidence().record(EvidenceNames.PARTITIONS_FOLLOWED, followed);
      }
    }
  }

  private static List<Lacking> lacking(PgSession session) {
    var lacking = new ArrayList<Lacking>();
    for (ShadowPlan plan : TargetState.shadows(session)) {
      for (Direction way : List.of(plan.up(), plan.down())) {
        if (way.from().partitioned()) {
          session
              .query(
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
                  Truncation.name(plan, way))
              .forEach(partition -> lacking.add(new Lacking(partition, plan, way)));
        }
      }
    }
    return List.copyOf(lacking);
  }
}
