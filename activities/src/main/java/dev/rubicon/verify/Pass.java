package dev.rubicon.verify;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.shadow.ShadowCrossing;
import dev.rubicon.shadow.ShadowOpening;
import dev.rubicon.shadow.ShadowPlan;
import dev.rubicon.shadow.ShadowVerification;
import dev.rubicon.shadow.TouchedPairs;
import dev.rubicon.transition.CompiledExpression;
import dev.rubicon.transition.TransitionPlan;
import dev.rubicon.transition.Verified;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One look at both sides of every transition, in one snapshot: at all rows the first time, later
 * only at those that were written since. A later one never says that sides differ; where it cannot
 * say that they agree, all rows are compared, and that is the verdict.
 */
public final class Pass {
  private final PhaseContext context;
  private final PgSession session;
  private final List<TransitionPlan> plans;
  private final List<ShadowPlan> shadows;

  /** Read before the snapshot: what changes in between then shows the next time. */
  private final Map<String, String> storage = new HashMap<>();

  private final List<RelationVerification.Result> results = new ArrayList<>();
  private final List<ShadowVerification.Result> compared = new ArrayList<>();
  private final List<Scope> scopes = new ArrayList<>();
  private String horizon = "";

  Pass(
      PhaseContext context,
      PgSession session,
      List<TransitionPlan> plans,
      List<ShadowPlan> shadows) {
    this.context = context;
    this.session = session;
    this.plans = plans;
    this.shadows = shadows;
    plans.forEach(plan -> storage.put(key(plan), storage(plan)));
    shadows.forEach(plan -> storage.put(plan.key(), storage(plan)));
  }

  /**
   * What was looked at; goes into the evidence.
   *
   * @param rows of legacy
   * @param touched rows written since the pass before, on either side; 0 where all were compared
   * @param whole why all were compared; empty where only those were
   */
  public record Scope(String relation, long rows, long touched, Optional<String> whole) {}

  List<RelationVerification.Result> results() {
    return results;
  }

  List<ShadowVerification.Result> compared() {
    return compared;
  }

  List<Scope> scopes() {
    return scopes;
  }

  /** In the caller's transaction, whose snapshot holds still or which keeps writers off. */
  void compare() {
    horizon = Verified.horizon(session);
    for (TransitionPlan plan : plans) {
      context.progress().checkCancelled();
      context.progress().update(plan.relation().toString(), 0, 0, "comparing both sides");
      var verification = new RelationVerification(plan);
      results.add(
          look(
              key(plan),
              plan.expressions().toList(),
              Optional.empty(),
              since -> verification.since(session, since),
              () -> storage(plan),
              () -> verification.run(session),
              RelationVerification.Result::rows));
    }
    for (ShadowPlan plan : shadows) {
      context.progress().checkCancelled();
      context.progress().update(plan.legacy().name().toString(), 0, 0, "comparing both relations");
      var verification = new ShadowVerification(plan, ShadowOpening.isOpen(session, plan));
      compared.add(
          look(
              plan.key(),
              plan.expressions().toList(),
              TouchedPairs.whole(plan),
              since -> new TouchedPairs(plan, verification).run(session, since),
              () -> storage(plan),
              () -> verification.run(session),
              ShadowVerification.Result::rows));
    }
  }

  private <R> R look(
      String transition,
      List<CompiledExpression> expressions,
      Optional<String> unfit,
      Function<Verified.Since, Verified.Look<R>> touched,
      Supplier<String> storageNow,
      Supplier<R> all,
      Function<R, Long> rows) {
    Verified.Since since =
        Verified.since(session, transition, storage.get(transition), expressions);
    Optional<String> whole = since.whole().or(() -> unfit);
    Verified.Look<R> look =
        whole.isPresent() ? Verified.Look.whole(whole.get()) : touched.apply(since);
    if (look.result().isPresent() && !storageNow.get().equals(storage.get(transition))) {
      look = Verified.Look.whole("its storage changed meanwhile");
    }
    R result = look.result().orElseGet(all);
    scopes.add(new Scope(transition, rows.apply(result), look.touched(), look.whole()));
    return result;
  }

  /** Once all of it is found to agree. */
  void keep() {
    storage.forEach((transition, files) -> Verified.keep(session, transition, horizon, files));
  }

  private static String key(TransitionPlan plan) {
    return plan.relation().toString();
  }

  private String storage(TransitionPlan plan) {
    return Verified.storage(session, List.of(plan.relation()));
  }

  private String storage(ShadowPlan plan) {
    List<RelationName> relations = ShadowCrossing.relations(session, plan);
    return Verified.storage(session, relations);
  }
}
