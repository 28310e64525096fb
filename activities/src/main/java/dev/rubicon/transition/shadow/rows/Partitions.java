package dev.rubicon.transition.shadow.rows;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.transition.shadow.ShadowNames;
import dev.rubicon.transition.shadow.ShadowPlan;
import java.util.List;

/**
 * Partitions that canonical had at the cutover. DROP and DETACH fire no trigger, so legacy still
 * holds the rows of one that went since; on the way back they would come back, too.
 */
public final class Partitions {
  private Partitions() {}

  /** In the cutover's own transaction. */
  public static void remember(PgSession session, ShadowPlan plan) {
    session.update("DELETE FROM rubicon.partition WHERE plan = ?", plan.id());
    session.update(
        """
        INSERT INTO rubicon.partition (plan, oid, name)
        SELECT ?, p.relid, p.relid::regclass::text FROM pg_partition_tree(?::oid::regclass) p
        """,
        plan.id(),
        plan.canonical().oid());
  }

  private static List<String> gone(PgSession session, ShadowPlan plan) {
    return session.query(
        """
        SELECT name FROM rubicon.partition WHERE plan = ?
        AND oid NOT IN (SELECT relid FROM pg_partition_tree(?::oid::regclass)) ORDER BY name
        """,
        row -> row.getString(1),
        plan.id(),
        plan.canonical().oid());
  }

  /** Refuses the way back while rows of partitions that went still stand in legacy. */
  public static void refuseReturnOfRows(PgSession session, ShadowPlan plan) {
    List<String> gone = gone(session, plan);
    if (gone.isEmpty()) {
      return;
    }
    session.execute("SET row_security = off");
    var result =
        session.inTransaction(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            () -> new ShadowVerification(plan, new ShadowComparisonSql(plan, true)).run(session));
    if (!result.agrees()) {
      String legacy = ShadowNames.of(session, plan.legacy()).toString();
      throw new RubiconException(
          ErrorCode.ROLLBACK_IMPOSSIBLE,
          "since the cutover "
              + plan.to()
              + " lost partitions ("
              + String.join(", ", gone)
              + "); "
              + result.missing()
              + " rows that it lacks still stand in "
              + legacy
              + " and would come back",
          "attach the partitions again; or, where these rows are to be gone, delete them from "
              + legacy
              + " (rubicon verify counts them); then: rubicon resume");
    }
  }
}
