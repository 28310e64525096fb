package dev.rubicon.cutover;

import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.rollout.CrossingTerms;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Stage;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.shadow.NewPartitions;
import dev.rubicon.shadow.ShadowCrossing;
import dev.rubicon.shadow.ShadowPlan;
import dev.rubicon.transition.Authority;
import dev.rubicon.transition.ClientsBlocked;
import dev.rubicon.transition.Durability;
import dev.rubicon.transition.LegacyRules;
import dev.rubicon.transition.LockLadder;
import dev.rubicon.transition.OldSnapshots;
import dev.rubicon.transition.SyncPrint;
import dev.rubicon.transition.TargetLock;
import dev.rubicon.transition.TargetState;
import dev.rubicon.transition.TransitionCompiler;
import dev.rubicon.transition.TransitionPlan;
import dev.rubicon.transition.TransitionSql;
import dev.rubicon.verify.Invariants;
import dev.rubicon.verify.Verify;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The crossing: one transaction from whose commit on canonical is the authority. It gives way as
 * long as clients hold locks, and tries again until the runbook's budget is spent.
 */
public final class Cutover {
  private final Optional<String> run;

  /** One that no workflow asked for: on a clone. */
  public Cutover() {
    this.run = Optional.empty();
  }

  /**
   * @param run the Temporal run that asks for it
   */
  public Cutover(String run) {
    this.run = Optional.of(run);
  }

  /**
   * @param terms what must hold besides at the moment of the crossing; no longer looked at once it
   *     has happened
   */
  public Facts.Cutover run(PhaseContext context, CrossingTerms terms) {
    Runbook.Cutover wanted = context.runbook().cutover();
    try (TargetLock lock = TargetLock.acquire(context);
        PgSession session = context.open(SessionLimits.SHORT)) {
      TargetState.Row state = TargetState.require(session, context.input().bundle());
      if (state.stage() != Stage.CUT_OVER) {
        if (state.stage() != Stage.VERIFIED && state.stage() != Stage.ROLLED_BACK) {
          throw new RubiconException(
              ErrorCode.GATE_NOT_OPEN,
              "the target is at stage " + state.stage() + ", not verified",
              "let the rollout verify first: rubicon status");
        }
        leave(terms);
        Conditions.verified(session);
        // Before partitions are followed: on a target that changed nothing more is done.
        var first = new Conditions(context, session, terms, List.of());
        first.window();
        first.fingerprint();
        NewPartitions.follow(context, LockLadder.of(wanted));
        lock.check();
        cross(context, session, terms);
      }
      CatalogSnapshot after = CatalogReader.read(session, context.runbook().schemas());
      context.evidence().record(EvidenceNames.SNAPSHOT, after);
      return new Facts.Cutover(
          after.fingerprint(),
          after.changeSince(TargetState.baseline(session)),
          ClientsBlocked.read(session, ClientsBlocked.Way.CUTOVER),
          wanted.stamps().stream().map(s -> s.table() + "=" + s.version()).toList(),
          wanted.postConditions().stream().map(Runbook.Invariant::name).toList(),
          TargetState.require(session, context.input().bundle()).turns(),
          Durability.of(session));
    }
  }

  /** A Reset hands a cutover that was cleared before to another run, which nobody has asked. */
  private void leave(CrossingTerms terms) {
    if (terms.run().isPresent() && !terms.run().equals(run)) {
      throw new RubiconException(
          ErrorCode.APPROVAL_VOID,
          "leave to cross was given in another run of this rollout, before a Reset",
          "the rollout asks anew: rubicon status");
    }
  }

  private void cross(PhaseContext context, PgSession session, CrossingTerms terms) {
    Runbook.Cutover wanted = context.runbook().cutover();
    List<TransitionPlan> plans = TargetState.plans(session);
    List<ShadowPlan> shadows = TargetState.shadows(session);
    // Stamped tables too: the owner's tool must not run between our look and our word.
    List<RelationName> relations =
        Stream.concat(
                plans.stream().map(TransitionPlan::relation),
                wanted.stamps().stream().map(s -> RelationName.parse(s.table())))
            .distinct()
            .sorted()
            .toList();
    session.execute(
        "SET search_path = " + TransitionCompiler.searchPath(context.runbook()) + ", pg_catalog");
    List<RelationName> all =
        Stream.concat(
                shadows.stream().flatMap(s -> ShadowCrossing.locks(session, s).stream()),
                relations.stream())
            .toList();
    var conditions = new Conditions(context, session, terms, all);
    OldSnapshots.Waited older =
        shadows.stream().anyMatch(s -> s.to().equals(s.legacy().name()))
            ? OldSnapshots.await(
                session,
                context.progress(),
                conditions.within(wanted.budget()),
                conditions::window,
                wanted.terminateBlockersAfter())
            : OldSnapshots.NOBODY;
    // A session's first look at these catalogs costs more than what follows: not under the lock.
    plans.forEach(plan -> LegacyRules.find(session, context.runbook(), plan));
    var blocked = new ClientsBlocked(session, ClientsBlocked.Way.CUTOVER, older);
    Durability.bound(session);
    var crossed =
        LockLadder.of(wanted)
            .run(
                session,
                context.progress(),
                all,
                () -> {
                  conditions.beforeAttempt();
                  Durability.requireAttached(session);
                },
                attempt -> {
                  Durability.ask(session);
                  lock(context, session, plans, shadows, relations, attempt.number());
                  blocked.locked(attempt);
                  SyncPrint untouched = conditions.underLock();
                  List<String> relaxed = swap(context, session, plans, shadows);
                  untouched.with(SyncPrint.installed(session)).keep(session);
                  blocked.beforeCommit(attempt);
                  conditions.beforeCommit();
                  return relaxed;
                });
    Durability.committed(session);
    blocked.committed(crossed.attempts());
    context
        .evidence()
        .record(
            EvidenceNames.CUTOVER,
            new Crossed(
                Optional.of(older).filter(waited -> !waited.equals(OldSnapshots.NOBODY)),
                crossed.attempts(),
                LockLadder.Attempt.longest(crossed.attempts()),
                crossed.value(),
                all.stream().map(r -> r + " AccessExclusiveLock").toList()));
  }

  private static void lock(
      PhaseContext context,
      PgSession session,
      List<TransitionPlan> plans,
      List<ShadowPlan> shadows,
      List<RelationName> relations,
      int attempt) {
    Runbook runbook = context.runbook();
    if (runbook.cutover().readOnly().isPresent()) {
      quiet(context, session, plans, shadows, relations, runbook.cutover().readOnly().get());
    }
    for (ShadowPlan plan : shadows) {
      ShadowCrossing.lock(session, plan, ShadowCrossing.locks(session, plan), attempt);
    }
    for (RelationName relation : relations) {
      session.execute("LOCK TABLE " + relation.sql() + " IN ACCESS EXCLUSIVE MODE");
    }
  }

  private static List<String> swap(
      PhaseContext context,
      PgSession session,
      List<TransitionPlan> plans,
      List<ShadowPlan> shadows) {
    Runbook runbook = context.runbook();
    var relaxed = new ArrayList<TargetState.Relaxed>(TargetState.relaxed(session));
    for (TransitionPlan plan : plans) {
      rules(session, plan);
      relaxed.addAll(LegacyRules.relax(session, runbook, plan));
      session.execute(TransitionSql.sync(plan, Authority.CANONICAL));
    }
    for (ShadowPlan plan : shadows) {
      ShadowCrossing.there(session, plan);
    }
    TargetState.relaxed(session, relaxed);
    Stamps.write(session, runbook.cutover().stamps());
    session.execute("DELETE FROM rubicon.legacy_write");
    TargetState.cutOver(session);
    for (Runbook.Invariant condition : runbook.cutover().postConditions()) {
      long rows = Invariants.violations(session, condition);
      if (rows > 0) {
        throw new RubiconException(
            ErrorCode.POST_CONDITION_FAILED,
            "post-condition '"
                + condition.name()
                + "' returns "
                + rows
                + " rows: nothing was committed",
            "mend what it tells of, then approve the cutover again");
      }
    }
    return relaxed.stream().map(r -> r.relation() + ": " + r.what()).toList();
  }

  /**
   * The read-only window: writers wait (they do not fail) while both sides are compared once more,
   * without traffic. It is a lock of this very transaction, so it ends with it, whatever happens to
   * us: a database-wide {@code default_transaction_read_only} would outlive a crash, and would not
   * reach sessions that are already open.
   */
  private static void quiet(
      PhaseContext context,
      PgSession session,
      List<TransitionPlan> plans,
      List<ShadowPlan> shadows,
      List<RelationName> relations,
      Duration atMost) {
    Stream.concat(
            shadows.stream().flatMap(s -> ShadowCrossing.relations(session, s).stream()),
            relations.stream())
        .forEach(r -> session.execute("LOCK TABLE " + r.sql() + " IN SHARE MODE"));
    session.execute("SET LOCAL statement_timeout = " + atMost.toMillis());
    Verify.inQuiet(context, session, plans, shadows);
  }

  /** PostgreSQL takes NOT NULL from a validated check, without reading the table again. */
  private static void rules(PgSession session, TransitionPlan plan) {
    for (TransitionPlan.ColumnRule rule : plan.rules()) {
      if (!rule.notNull()) {
        continue;
      }
      String check = plan.ruleConstraint(rule, "not_null");
      boolean validated =
          session
              .first(
                  """
                  SELECT c.convalidated FROM pg_catalog.pg_constraint c
                  JOIN pg_catalog.pg_class r ON r.oid = c.conrelid
                  JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
                  WHERE n.nspname = ? AND r.relname = ? AND c.conname = ?
                  """,
                  row -> row.getBoolean(1),
                  plan.relation().schema(),
                  plan.relation().name(),
                  check)
              .orElse(false);
      if (!validated) {
        throw new RubiconException(
            ErrorCode.GATE_NOT_OPEN,
            "the check behind NOT NULL of "
                + plan.relation()
                + "."
                + rule.name()
                + " is not validated",
            "verify again: the rollout does so before each cutover");
      }
      session.execute(
          "ALTER TABLE %s ALTER COLUMN %s SET NOT NULL"
              .formatted(plan.relation().sql(), Identifiers.quote(rule.name())));
      session.execute(
          "ALTER TABLE %s DROP CONSTRAINT %s"
              .formatted(plan.relation().sql(), Identifiers.quote(check)));
    }
  }
}
