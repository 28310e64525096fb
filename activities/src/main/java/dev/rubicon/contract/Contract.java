package dev.rubicon.contract;

import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.installed.TargetState;
import dev.rubicon.locks.LockLadder;
import dev.rubicon.locks.Step;
import dev.rubicon.locks.StepRunner;
import dev.rubicon.locks.TargetLock;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SqlFailure;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.TargetStage;
import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.table.LegacyRelations;
import dev.rubicon.table.Naming;
import dev.rubicon.transition.Transition;
import dev.rubicon.transition.Transitions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Days later: legacy columns are retired, and no trace of Rubicon is left. There is no way back.
 */
public final class Contract {

  /** Applications that wrote the legacy side; counted once per session and minute. */
  public record LegacyWriter(
      String applicationName, String relation, long minutes, String lastSeen) {}

  public Facts.Contract run(PhaseContext context) {
    try (TargetLock lock = TargetLock.acquire(context);
        PgSession session = context.open(SessionLimits.SHORT);
        PgSession scan = context.open(SessionLimits.SCAN)) {
      Optional<TargetState.Row> state = TargetState.find(session);
      if (state.isPresent()) {
        TargetState.refuseForeign(state.get(), context.input().bundle());
        if (state.get().stage() != TargetStage.CONTRACTING) {
          due(context, session, state.get());
          Transitions all = Transitions.installed(session);
          all.forEach(t -> t.refuseRetirement(scan, context.runbook(), all));
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
                      .filter(Runbook.Transition::endsRelation)
                      .map(t -> RelationName.parse(t.relation()))
                      .distinct()
                      .map(r -> r + "=" + word(LegacyRelations.action(context.runbook(), r))))
              .toList());
    }
  }

  private static String word(LegacyColumn.Action action) {
    return action.name().toLowerCase(java.util.Locale.ROOT);
  }

  private static void due(PhaseContext context, PgSession session, TargetState.Row state) {
    if (state.stage() != TargetStage.CUT_OVER) {
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
              + " legacy columns, or only what canonical ones are derived from, were written by "
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
          "let these clients write the canonical columns, wait, then: rubicon contract");
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
    ContractSteps.preconditions(context, session);
  }

  private static void retire(
      PhaseContext context, TargetLock lock, PgSession session, PgSession scan) {
    Transitions transitions = Transitions.installed(session);
    for (Transition transition : transitions.reversed()) {
      for (List<Step> steps : transition.archive(session, context.runbook())) {
        lock.check();
        context.progress().checkCancelled();
        context.progress().update(transition.key(), 0, 0, steps.getFirst().id());
        try (var _ = context.progress().cancelsWith(scan)) {
          scan.inTransaction(
              () -> {
                StepRunner.run(scan, steps);
                return true;
              });
        }
      }
    }
    TargetState.stage(session, TargetStage.CONTRACTING);
    session.execute("SET search_path = " + Naming.searchPath(context.runbook()) + ", pg_catalog");
    ContractSteps.sql(context, lock, session);
    for (Transition transition : transitions.toRetire(session)) {
      lock.check();
      context.progress().checkCancelled();
      end(context, session, transition, transitions);
    }
    LockLadder.DDL.run(
        session,
        context.progress(),
        List.of(),
        () -> {
          session.execute(TargetState.FORGET);
          return true;
        });
  }

  private static void end(
      PhaseContext context, PgSession session, Transition transition, Transitions all) {
    List<RelationName> relations = transition.sides(session);
    context.progress().update(transition.key(), 0, 0, "retiring " + transition.retired());
    try {
      var attempts =
          new StepRunner(session, context.progress(), LockLadder.DDL)
              .run(
                  relations,
                  attempt -> {
                    StepRunner.run(session, transition.lock(session, relations, attempt));
                    return transition.retire(session, context.runbook(), all);
                  },
                  () -> TargetState.uninstalled(session, transition.key()));
      context
          .evidence()
          .record(EvidenceNames.LOCKS_OF_RELATION.of(transition.relation()), attempts);
    } catch (RubiconException e) {
      if (SqlFailure.state(e).equals("2BP01")) {
        throw new RubiconException(
            ErrorCode.TRANSITION_UNSUPPORTED,
            transition.retired() + " is still used: " + e.getMessage(),
            "drop or rebuild what depends on it, then: rubicon contract",
            e.getCause());
      }
      throw e;
    }
  }

  /** Without memory, either contract has finished before, or nothing ever began. */
  private static void refuseUntouched(PhaseContext context, PgSession session) {
    for (Runbook.Transition transition : context.runbook().transitions()) {
      if (!Transition.canonicalStands(session, transition)) {
        throw notHere();
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
