package dev.rubicon.shadow;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.SqlTemplate;

/** The trigger function of one direction: {@code sql/sync.sql.ftl}, filled for a plan. */
final class SyncSql {
  private static final SqlTemplate SYNC = SqlTemplate.of("shadow/sql/sync.sql.ftl");

  private SyncSql() {}

  static String name(ShadowPlan plan, Direction way) {
    return "rubicon." + Identifiers.quote(plan.id() + "_" + way.word());
  }

  /** The whole {@code CREATE OR REPLACE FUNCTION} statement. */
  static String open(Family family, Direction way) {
    return SYNC.render(RowTrigger.of(family, way, name(family.plan(), way)));
  }

  static String differ(String left, String right) {
    return "ROW("
        + left
        + ")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW("
        + right
        + ")::pg_catalog.record";
  }
}
