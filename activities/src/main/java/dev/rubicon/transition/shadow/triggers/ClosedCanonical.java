package dev.rubicon.transition.shadow.triggers;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.SqlTemplate;
import dev.rubicon.transition.shadow.ShadowPlan;
import dev.rubicon.transition.shadow.SharedPlans;
import java.util.List;
import java.util.stream.Stream;

/** The trigger function that refuses writes of clients to canonical until the copy is verified. */
final class ClosedCanonical {
  private static final SqlTemplate CLOSED = SqlTemplate.of("transition/shadow/sql/closed.sql.ftl");

  private ClosedCanonical() {}

  static String name(ShadowPlan plan) {
    return "rubicon." + Identifiers.quote(plan.id() + "_closed");
  }

  /**
   * A client's UPDATE or DELETE of keys that are not copied yet would meet no row and be told so.
   * What a foreign key or a trigger writes here is for the row triggers to judge.
   */
  static ShadowTrigger trigger(ShadowPlan plan, String trigger) {
    return ShadowTrigger.statement(
            trigger, "BEFORE UPDATE OR DELETE", plan.canonical().name().sql(), name(plan))
        .when(
            "pg_catalog.int4eq(pg_catalog.pg_trigger_depth(), 0) AND pg_catalog.texteq("
                + ShadowSql.guard(plan)
                + ", '')");
  }

  private record Closed(
      String function,
      String guardKey,
      boolean opened,
      List<String> siblingGuardKeys,
      List<String> cascadingGuardKeys) {}

  static String function(SharedPlans family, String function) {
    return render(family, function, false);
  }

  /** It refuses nothing any more: a trigger that went would look like one that somebody removed. */
  static String opened(SharedPlans family, String function) {
    return render(family, function, true);
  }

  private static String render(SharedPlans family, String function, boolean opened) {
    ShadowPlan plan = family.plan();
    List<String> siblings =
        Stream.concat(family.sharing(plan.down()).stream(), family.sharing(plan.up()).stream())
            .distinct()
            .map(ShadowPlan::guard)
            .toList();
    List<String> others =
        family.all().stream()
            .map(ShadowPlan::guard)
            .filter(guard -> !siblings.contains(guard))
            .distinct()
            .toList();
    return CLOSED.render(new Closed(function, plan.guard(), opened, siblings, others));
  }
}
