package dev.rubicon.transition.shadow.triggers;

import dev.rubicon.postgres.SqlTemplate;
import dev.rubicon.transition.shadow.ShadowPlan;
import dev.rubicon.transition.shadow.SharedPlans;
import java.util.List;
import java.util.stream.Stream;

/** The trigger function that refuses writes of clients to canonical until the copy is verified. */
final class ClosedCanonical {
  private static final SqlTemplate CLOSED = SqlTemplate.of("transition/shadow/sql/closed.sql.ftl");

  private ClosedCanonical() {}

  private record Closed(
      String function,
      String guardKey,
      List<String> siblingGuardKeys,
      List<String> otherGuardKeys) {}

  static String function(SharedPlans family, String function) {
    ShadowPlan plan = family.plan();
    List<String> siblings =
        Stream.concat(family.sharing(plan.down()).stream(), family.sharing(plan.up()).stream())
            .distinct()
            .map(ShadowPlan::guard)
            .toList();
    List<String> others =
        family.all().stream()
            .map(ShadowPlan::guard)
            .filter(guard -> !guard.equals(plan.guard()) && !siblings.contains(guard))
            .distinct()
            .toList();
    return CLOSED.render(new Closed(function, plan.guard(), siblings, others));
  }
}
