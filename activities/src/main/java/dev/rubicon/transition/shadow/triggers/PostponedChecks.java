package dev.rubicon.transition.shadow.triggers;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.SqlTemplate;
import dev.rubicon.transition.shadow.Direction;
import dev.rubicon.transition.shadow.ShadowPlan;
import dev.rubicon.transition.shadow.StatementChecks;

/**
 * The function before a client's statement that lets the other side's checks wait: see {@link
 * StatementChecks}.
 */
final class PostponedChecks {
  private static final SqlTemplate POSTPONE =
      SqlTemplate.of("transition/shadow/sql/postpone.sql.ftl");

  private PostponedChecks() {}

  /**
   * @param other the other side's OID: its name changes hands
   */
  private record Postpone(String function, Home home, long other) {}

  static String name(ShadowPlan plan, Direction way) {
    return "rubicon." + Identifiers.quote(plan.id() + "_postpone_" + way.word());
  }

  static String function(ShadowPlan plan, Direction way) {
    return POSTPONE.render(new Postpone(name(plan, way), Home.of(way.from()), way.to().oid()));
  }
}
