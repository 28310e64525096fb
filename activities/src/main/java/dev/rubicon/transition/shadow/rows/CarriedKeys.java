package dev.rubicon.transition.shadow.rows;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.expression.CompiledExpression;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.TypeNames;
import dev.rubicon.table.Naming;
import dev.rubicon.transition.shadow.Derived;
import dev.rubicon.transition.shadow.ShadowPlan;
import dev.rubicon.transition.shadow.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Whether canonical can distinguish the rows that legacy distinguishes: a computed key must lead
 * back to the row it came from, and relations that are merged by rows must not have a key in
 * common. Otherwise canonical would hold one row where there were two.
 */
public final class CarriedKeys {
  private CarriedKeys() {}

  /**
   * Before the first trigger is installed; reads the relations, and blocks no client.
   *
   * @throws RubiconException {@link ErrorCode#TRANSITION_UNSUPPORTED} with the number of keys
   */
  public static void refuse(PhaseContext context, ShadowPlan plan, List<ShadowPlan> plans) {
    var questions = new ArrayList<Question>();
    if (!plan.pairsOff()) {
      questions.add(astray(plan));
    }
    before(plan, plans).forEach(earlier -> questions.add(common(earlier, plan)));
    if (questions.isEmpty()) {
      return;
    }
    try (PgSession session = context.open(SessionLimits.SCAN);
        var _ = context.progress().cancelsWith(session)) {
      session.execute("SET row_security = off");
      session.execute("SET search_path = " + Naming.searchPath(context.runbook()) + ", pg_catalog");
      for (Question question : questions) {
        context
            .progress()
            .update(question.plan().key(), 0, 1, "looking at the keys that are there");
        long keys = Long.parseLong(session.value(question.sql()));
        if (keys > 0) {
          throw new RubiconException(
              ErrorCode.TRANSITION_UNSUPPORTED,
              question.refusal().formatted(keys),
              "mend these keys, then: rubicon resume; or: rubicon abort");
        }
      }
    }
  }

  /**
   * @param sql counts keys that canonical cannot carry
   * @param refusal with a place for their number
   */
  private record Question(ShadowPlan plan, String sql, String refusal) {}

  private static List<ShadowPlan> before(ShadowPlan plan, List<ShadowPlan> plans) {
    return plans.subList(0, plans.indexOf(plan)).stream()
        .filter(other -> other.canonical().oid() == plan.canonical().oid())
        .filter(other -> other.up().shares() && plan.up().shares())
        .toList();
  }

  private static Question common(ShadowPlan one, ShadowPlan other) {
    List<String> key = one.canonical().key();
    return new Question(
        other,
        "SELECT count(*) FROM (%s) a JOIN (%s) b ON %s"
            .formatted(
                rows(one, key, ""),
                rows(other, key, ""),
                key.stream()
                    .map(Identifiers::quote)
                    .map(k -> "a." + k + " = b." + k)
                    .collect(Collectors.joining(" AND "))),
        "%s and %s have %%d keys in common: %s can hold only one row of each"
            .formatted(one.legacy().name(), other.legacy().name(), other.to()));
  }

  /**
   * Legacy's keys that do not survive the round trip: {@code down} of {@code up} is another key.
   */
  private static Question astray(ShadowPlan plan) {
    List<String> key = plan.legacy().identity();
    String same =
        IntStream.range(0, key.size())
            .mapToObj(i -> "\"!was" + i + "\" = " + value(plan.down().set(key.get(i))))
            .collect(Collectors.joining(" AND "));
    String was =
        IntStream.range(0, key.size())
            .mapToObj(i -> Identifiers.quote(key.get(i)) + " AS \"!was" + i + "\", ")
            .collect(Collectors.joining());
    return new Question(
        plan,
        "SELECT count(*) FROM (%s) c WHERE (%s) IS NOT TRUE"
            .formatted(rows(plan, plan.canonical().identity(), was), same),
        "%%d keys of %s do not come back from what up makes of them: %s could not tell these rows"
                .formatted(plan.legacy().name(), plan.to())
            + " apart, or would lead to others");
  }

  /** The functions of the plans do not exist yet, so the expressions are used as they are. */
  private static String rows(ShadowPlan plan, List<String> key, String besides) {
    return "SELECT "
        + besides
        + key.stream()
            .map(column -> value(plan.up().set(column)) + " AS " + Identifiers.quote(column))
            .collect(Collectors.joining(", "))
        + " FROM "
        + plan.legacy().name().sql()
        + plan.rows().map(r -> " WHERE (" + r.expression() + ")").orElse("");
  }

  private static String value(Derived derived) {
    Source source = derived.source();
    return "("
        + source
            .expression()
            .map(CompiledExpression::expression)
            .orElseGet(() -> Identifiers.quote(source.inputs().getFirst()))
        + ")::"
        + TypeNames.qualified(derived.type());
  }
}
