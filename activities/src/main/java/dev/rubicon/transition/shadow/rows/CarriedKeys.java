package dev.rubicon.transition.shadow.rows;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.expression.CompiledExpression;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SqlTemplate;
import dev.rubicon.postgres.TypeNames;
import dev.rubicon.table.Naming;
import dev.rubicon.transition.shadow.Derived;
import dev.rubicon.transition.shadow.ShadowPlan;
import dev.rubicon.transition.shadow.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether canonical can distinguish the rows that legacy distinguishes: a computed key must lead
 * back to the row it came from, and relations that are merged by rows must not have a key in
 * common. Otherwise canonical would hold one row where there were two.
 */
public final class CarriedKeys {
  private static final SqlTemplate ASTRAY =
      SqlTemplate.of("transition/shadow/rows/sql/keys_astray.sql.ftl");
  private static final SqlTemplate IN_COMMON =
      SqlTemplate.of("transition/shadow/rows/sql/keys_in_common.sql.ftl");

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
      Naming.resolve(session, context.runbook());
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

  /**
   * @param condition which rows have a counterpart; all if empty
   */
  private record Keys(String table, List<Key> keys, Optional<String> condition) {}

  private record Key(String column, String value) {}

  private record Common(Keys one, Keys other) {}

  private static Question common(ShadowPlan one, ShadowPlan other) {
    List<String> key = one.canonical().key();
    return new Question(
        other,
        IN_COMMON.render(new Common(keys(one, key), keys(other, key))),
        "%s and %s have %%d keys in common: %s can hold only one row of each"
            .formatted(one.legacy().name(), other.legacy().name(), other.to()));
  }

  /**
   * @param back legacy's key, and what {@code down} makes of the row {@code up} has made
   */
  private record Astray(Keys rows, List<Key> back) {}

  private static Question astray(ShadowPlan plan) {
    return new Question(
        plan,
        ASTRAY.render(
            new Astray(
                keys(plan, plan.canonical().identity()),
                plan.legacy().identity().stream()
                    .map(c -> new Key(Identifiers.quote(c), value(plan.down().set(c))))
                    .toList())),
        "%%d keys of %s do not come back from what up makes of them: %s could not tell these rows"
                .formatted(plan.legacy().name(), plan.to())
            + " apart, or would lead to others");
  }

  private static Keys keys(ShadowPlan plan, List<String> key) {
    return new Keys(
        plan.legacy().name().sql(),
        key.stream().map(c -> new Key(Identifiers.quote(c), value(plan.up().set(c)))).toList(),
        plan.rows().map(CompiledExpression::expression));
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
