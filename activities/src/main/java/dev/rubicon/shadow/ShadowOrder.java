package dev.rubicon.shadow;

import dev.rubicon.postgres.PgSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** In which order relations that point at each other are dealt with. */
public final class ShadowOrder {
  private ShadowOrder() {}

  /** The legacy relations: contract takes them away, and their foreign keys with them. */
  public static Set<Long> leaving(List<ShadowPlan> plans) {
    return plans.stream().map(plan -> plan.legacy().oid()).collect(Collectors.toSet());
  }

  /**
   * A legacy relation whose foreign key points at another legacy relation comes before it; of plans
   * that share one, the one that leads comes last.
   */
  public static List<ShadowPlan> dependentsFirst(PgSession session, List<ShadowPlan> plans) {
    var left = new ArrayList<>(plans.stream().filter(ShadowPlan::leadsLegacy).toList());
    var ordered = new ArrayList<>(plans.stream().filter(p -> !p.leadsLegacy()).toList());
    while (!left.isEmpty()) {
      ShadowPlan next =
          left.stream()
              .filter(
                  plan ->
                      left.stream()
                          .noneMatch(other -> other != plan && points(session, other, plan)))
              .findFirst()
              .orElse(left.getFirst()); // a cycle: PostgreSQL will name what is in the way
      left.remove(next);
      ordered.add(next);
    }
    return ordered;
  }

  private static boolean points(PgSession session, ShadowPlan from, ShadowPlan to) {
    return session
        .value(
            "SELECT EXISTS (SELECT FROM pg_constraint WHERE contype = 'f' AND conrelid ="
                + " ?::bigint::oid AND confrelid = ?::bigint::oid)",
            from.legacy().oid(),
            to.legacy().oid())
        .equals("t");
  }
}
