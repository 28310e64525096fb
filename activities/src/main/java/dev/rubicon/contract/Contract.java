package dev.rubicon.contract;

import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SqlFailure;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Stage;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.shadow.RowsLeft;
import dev.rubicon.shadow.ShadowContract;
import dev.rubicon.shadow.ShadowCrossing;
import dev.rubicon.shadow.ShadowOrder;
import dev.rubicon.shadow.ShadowPlan;
import dev.rubicon.transition.LockLadder;
import dev.rubicon.transition.TableShape;
import dev.rubicon.transition.TargetLock;
import dev.rubicon.transition.TargetState;
import dev.rubicon.transition.TransitionCompiler;
import dev.rubicon.transition.TransitionPlan;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Days later: legacy columns are retired, and no trace of Rubicon is left. There is no way back.
 */
public final class Contract {

  /** Who wrote the legacy side; counted once per session and minute. */
  public record LegacyWriter(
      String applicationName, String relation, long minutes, String lastSeen) {}

  public Facts.Contract run(PhaseContext context) {
    try (TargetLock lock = TargetLock.acquire(context);
        PgSession session = context.open(SessionLimits.SHORT);
        PgSession scan = context.open(SessionLimits.SCAN)) {
      Optional<TargetState.Row> state = TargetState.find(session);
      if (state.isPresent()) {
        TargetState.refuseForeign(state.get(), context.input().bundle());
        if (state.get().stage() != Stage.CONTRACTING) {
          due(context, session, state.get());
          RowsLeft.refuse(scan, context.runbook(), TargetState.shadows(session));
        }
        retire(context, lock, session, scan);
      } else {
        refuseUntouched(context, session);
      }
      CatalogSnapshot after = CatalogReader.read(session, context.runbook().schemas());
      context.evidence().record(EvidenceNames.SNAPSHOT, after);
      return new Facts.Contract(
          after.fingerprint(),
          Stream.concat(
                  context.runbook().contract().legacyColumns().stream()
                      .map(c -> c.relation() + "." + c.column() + "=" + word(c.action())),
                  context.runbook().transitions().stream()
                      .filter(t -> t.kind() == Runbook.Transition.Kind.SHADOW)
                      .map(t -> RelationName.parse(t.relation()))
                      .distinct()
                      .map(r -> r + "=" + word(ShadowContract.action(context.runbook(), r))))
              .toList());
    }
  }

  private static String word(Runbook.LegacyColumn.Action action) {
    return action.name().toLowerCase(java.util.Locale.ROOT);
  }

  private static void due(PhaseContext context, PgSession session, TargetState.Row state) {
    if (state.stage() != Stage.CUT_OVER) {
      throw new RubiconException(
          ErrorCode.CONTRACT_NOT_DUE,
          "the target is at stage " + state.stage() + ", not cut over",
          "cut over first: rubicon status");
    }
    Duration quiet = context.runbook().contract().quietPeriod();
    List<LegacyWriter> writers =
        session.query(
            """
            SELECT application_name, relation, count(DISTINCT date_trunc('minute', at)), max(at)
            FROM rubicon.legacy_write WHERE at > clock_timestamp() - make_interval(secs => ?)
            GROUP BY 1, 2 ORDER BY 4 DESC
            """,
            row ->
                new LegacyWriter(
                    row.getString(1), row.getString(2), row.getLong(3), row.getString(4)),
            quiet.toMillis() / 1000.0);
    context.evidence().record(EvidenceNames.LEGACY_WRITERS, writers);
    if (!writers.isEmpty()) {
      throw new RubiconException(
          ErrorCode.LEGACY_STILL_WRITTEN,
          "within the quiet period of "
              + quiet
              + " legacy columns were written by "
              + writers.stream()
                  .map(
                      w ->
                          "'"
                              + w.applicationName()
                              + "' ("
                              + w.relation()
                              + ", last "
                              + w.lastSeen()
                              + ")")
                  .toList(),
          "move these clients to the canonical columns, wait, then: rubicon contract");
    }
    boolean early =
        session
            .value(
                "SELECT cut_over_at > clock_timestamp() - make_interval(secs => ?) FROM"
                    + " rubicon.state",
                quiet.toMillis() / 1000.0)
            .equals("t");
    if (early) {
      throw new RubiconException(
          ErrorCode.CONTRACT_NOT_DUE,
          "the cutover is younger than the quiet period of " + quiet,
          "wait until it is over, then: rubicon contract");
    }
    OwnersWord.preconditions(context, session);
  }

  private static void retire(
      PhaseContext context, TargetLock lock, PgSession session, PgSession scan) {
    List<TransitionPlan> plans = TargetState.plans(session);
    for (TransitionPlan plan : plans) {
      for (Runbook.LegacyColumn column : columns(context.runbook(), plan)) {
        String name = TransitionCompiler.column(column.column());
        boolean there = TableShape.read(session, plan.relation()).column(name).isPresent();
        if (column.action() == Runbook.LegacyColumn.Action.ARCHIVE && there) {
          lock.check();
          context.progress().checkCancelled();
          context.progress().update(plan.relation() + "." + name, 0, 0, "archiving");
          try (var _ = context.progress().cancelsWith(scan)) {
            Archive.copy(scan, plan, name);
          }
        }
      }
    }
    TargetState.stage(session, Stage.CONTRACTING);
    session.execute(
        "SET search_path = " + TransitionCompiler.searchPath(context.runbook()) + ", pg_catalog");
    OwnersWord.sql(context, lock, session);
    for (TransitionPlan plan : plans) {
      lock.check();
      context.progress().checkCancelled();
      context.progress().update(plan.relation().toString(), 0, 0, "retiring legacy columns");
      Set<String> retired = new LinkedHashSet<>();
      columns(context.runbook(), plan).stream()
          .filter(c -> c.action() != Runbook.LegacyColumn.Action.KEEP)
          .forEach(c -> retired.add(TransitionCompiler.column(c.column())));
      end(context, session, plan, retired);
    }
    List<ShadowPlan> shadows = TargetState.shadows(session);
    Set<Long> leaving = ShadowOrder.leaving(shadows);
    // Who points at another legacy relation goes first.
    for (ShadowPlan plan : ShadowOrder.dependentsFirst(session, shadows)) {
      lock.check();
      end(context, session, plan, leaving);
    }
    LockLadder.DDL.run(
        session,
        context.progress(),
        List.of(),
        () -> {
          session.execute("DROP SCHEMA rubicon CASCADE");
          return true;
        });
  }

  private static void end(
      PhaseContext context, PgSession session, TransitionPlan plan, Set<String> retired) {
    try {
      var ended =
          LockLadder.DDL.run(
              session,
              context.progress(),
              List.of(plan.relation()),
              () -> {
                session.execute(
                    "LOCK TABLE " + plan.relation().sql() + " IN ACCESS EXCLUSIVE MODE");
                ContractSql.of(session, plan, retired).forEach(session::execute);
                TargetState.uninstalled(session, plan);
                return true;
              });
      context
          .evidence()
          .record(EvidenceNames.LOCKS_OF_RELATION.of(plan.relation()), ended.attempts());
    } catch (RubiconException e) {
      if (SqlFailure.state(e).equals("2BP01")) {
        throw new RubiconException(
            ErrorCode.TRANSITION_UNSUPPORTED,
            "a legacy column of " + plan.relation() + " is still used: " + e.getMessage(),
            "drop or rebuild what depends on it, then: rubicon contract",
            e.getCause());
      }
      throw e;
    }
  }

  private static void end(
      PhaseContext context, PgSession session, ShadowPlan plan, Set<Long> leaving) {
    List<RelationName> relations = ShadowCrossing.relations(session, plan);
    RelationName legacy = plan.legacy().name();
    context.progress().update(legacy.toString(), 0, 0, "retiring the legacy relation");
    try {
      var ended =
          LockLadder.DDL.run(
              session,
              context.progress(),
              relations,
              attempt -> {
                ShadowCrossing.lock(session, plan, relations, attempt.number());
                ShadowContract.end(
                    session, plan, leaving, ShadowContract.action(context.runbook(), legacy));
                return true;
              });
      context.evidence().record(EvidenceNames.LOCKS_OF_RELATION.of(legacy), ended.attempts());
    } catch (RubiconException e) {
      if (SqlFailure.state(e).equals("2BP01")) {
        throw new RubiconException(
            ErrorCode.TRANSITION_UNSUPPORTED,
            legacy + " is still used: " + e.getMessage(),
            "drop or rebuild what depends on it, then: rubicon contract",
            e.getCause());
      }
      throw e;
    }
  }

  private static List<Runbook.LegacyColumn> columns(Runbook runbook, TransitionPlan plan) {
    return runbook.contract().legacyColumns().stream()
        .filter(c -> RelationName.parse(c.relation()).equals(plan.relation()))
        .toList();
  }

  /** Without memory, either contract has finished before, or nothing ever began. */
  private static void refuseUntouched(PhaseContext context, PgSession session) {
    for (Runbook.Transition transition : context.runbook().transitions()) {
      if (transition.shadow().isPresent()) {
        String to = RelationName.parse(transition.shadow().get().to()).sql();
        if (session.value("SELECT to_regclass(?) IS NULL", to).equals("t")) {
          throw notHere();
        }
        continue;
      }
      TableShape shape = TableShape.read(session, RelationName.parse(transition.relation()));
      for (Runbook.ColumnMapping column : transition.columns()) {
        if (shape.column(TransitionCompiler.column(column.name())).isEmpty()) {
          throw notHere();
        }
      }
    }
  }

  private static RubiconException notHere() {
    return new RubiconException(
        ErrorCode.CONTRACT_NOT_DUE,
        "nothing of this rollout is on the target",
        "launch the rollout: rubicon launch");
  }
}
