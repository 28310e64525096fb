package dev.rubicon.transition.shadow.triggers;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.SqlTemplate;
import dev.rubicon.transition.shadow.Direction;
import dev.rubicon.transition.shadow.ShadowPlan;
import dev.rubicon.transition.shadow.SharedPlans;

/** The trigger function of one direction: {@code sql/sync.sql.ftl}, filled for a plan. */
public final class SyncSql {
  private static final SqlTemplate SYNC = SqlTemplate.of("transition/shadow/sql/sync.sql.ftl");

  private SyncSql() {}

  static String name(ShadowPlan plan, Direction way) {
    return "rubicon." + Identifiers.quote(plan.id() + "_" + way.word());
  }

  /** The whole {@code CREATE OR REPLACE FUNCTION} statement. */
  static String open(SharedPlans family, Direction way) {
    return SYNC.render(RowTrigger.of(family, way, name(family.plan(), way)));
  }

  public static String differ(String left, String right) {
    return "ROW("
        + left
        + ")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW("
        + right
        + ")::pg_catalog.record";
  }
}
