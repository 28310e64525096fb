package dev.rubicon.transition.shadow.triggers;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.SqlTemplate;
import dev.rubicon.transition.shadow.Direction;
import dev.rubicon.transition.shadow.ShadowPlan;
import dev.rubicon.transition.shadow.StatementChecks;
import java.util.ArrayList;
import java.util.List;

/**
 * The function before a client's statement that lets the other side's checks wait: see {@link
 * StatementChecks}.
 */
final class PostponedChecks {
  private static final SqlTemplate POSTPONE =
      SqlTemplate.of("transition/shadow/sql/postpone.sql.ftl");

  private PostponedChecks() {}

  /**
   * @param others OIDs of the other side, whose name changes hands, and of what holds its keys
   */
  private record Postpone(String function, Home home, List<Long> others) {}

  static String name(ShadowPlan plan, Direction way) {
    return "rubicon." + Identifiers.quote(plan.id() + "_postpone_" + way.word());
  }

  static String function(ShadowPlan plan, Direction way) {
    var others = new ArrayList<Long>();
    others.add(way.to().oid());
    if (way.toCanonical()) {
      plan.keyHolders().forEach(holder -> others.add(holder.oid()));
    }
    return POSTPONE.render(new Postpone(name(plan, way), Home.of(way.from()), others));
  }
}
