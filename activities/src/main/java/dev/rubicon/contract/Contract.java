package dev.rubicon.contract;

import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.document.schema.Relations;
import dev.rubicon.engine.EvidenceName;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.installed.OthersObjects;
import dev.rubicon.installed.TargetState;
import dev.rubicon.leaving.LeavingRelation;
import dev.rubicon.leaving.LeavingUse;
import dev.rubicon.locks.Step;
import dev.rubicon.locks.StepRunner;
import dev.rubicon.locks.TargetLock;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.TargetStage;
import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.table.LegacyRelations;
import dev.rubicon.transition.Transition;
import dev.rubicon.transition.Transitions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Days later: legacy columns are retired, and no trace of Rubicon is left. There is no way back.
 */
public final class Contract {
  public static final EvidenceName<List<LegacyWriter>> LEGACY_WRITERS =
      EvidenceName.ofList("legacy-writers", LegacyWriter.class);

  /** Applications that wrote the legacy side; counted once per session and minute. */
  public record LegacyWriter(
      String applicationName, String relation, long minutes, String lastSeen) {}

  public Facts.Contract run(PhaseContext context) {
    try (TargetLock lock = TargetLock.acquire(context);
        PgSession session = context.open(SessionLimits.SHORT);
        PgSession scan = context.open(SessionLimits.SCAN)) {
      Optional<TargetState.Row> state = TargetState.find(session);
      Set<RelationName> gone = Set.of();
      if (state.isPresent()) {
        TargetState.refuseForeign(state.get(), context.input().bundle());
        due(context, session, state.get());
        Transitions all = Transitions.installed(session);
        gone = gone(session, all);
        all.forEach(t -> t.refuseRetirement(scan, context.runbook(), all));
        archive(context, lock, session, scan);
        lock.check();
        Retirement.run(context, session);
      } else {
        refuseUntouched(context, session);
      }
      CatalogSnapshot after = CatalogReader.read(session, context.runbook().schemas());
      context.evidence().record(EvidenceNames.SNAPSHOT, after);
      context
          .evidence()
          .record(Relations.EVIDENCE, Relations.read(session, context.runbook().schemas()));
      Set<RelationName> dropped = gone;
      return new Facts.Contract(
          after.fingerprint(),
          Stream.of(
                  LeavingRelation.of(context.runbook()).stream()
                      .map(leaving -> leaving.name() + "=" + word(leaving.entry().action())),
                  context.runbook().contract().legacyColumns().stream()
                      .map(
                          c ->
                              c.relation()
                                  + "."
                                  + c.column()
                                  + "="
                                  + word(c.action())
                                  + note(dropped, RelationName.parse(c.relation()))),
                  context.runbook().transitions().stream()
                      .filter(Runbook.Transition::endsRelation)
                      .map(t -> RelationName.parse(t.relation()))
                      .distinct()
                      .map(
                          r ->
                              r
                                  + "="
                                  + word(LegacyRelations.action(context.runbook(), r))
                                  + note(dropped, r)))
              .flatMap(each -> each)
              .toList());
    }
  }

  /**
   * All of it at once, behind a crossing of the rehearsal, and taken back. What the plan has told
   * the owner to drop before is dropped for it; nobody waits for a quiet period there.
   */
  public void tryOut(PhaseContext on) {
    try (PgSession session = on.open(SessionLimits.OWN_DATABASE)) {
      Transitions transitions = Transitions.installed(session);
      session.inTransaction(
          () -> {
            session.execute("SAVEPOINT rubicon_here");
            for (Transition transition : transitions.reversed()) {
              if (LegacyRelations.action(on.runbook(), transition.relation())
                  == LegacyColumn.Action.DROP) {
                transition
                    .dependents(session)
                    .forEach(dependent -> dependent.drop().ifPresent(session::execute));
              }
              transition
                  .archive(session, on.runbook())
                  .forEach(steps -> StepRunner.run(session, steps));
            }
            Retirement.take(on, session, transitions, 0);
            session.execute("ROLLBACK TO SAVEPOINT rubicon_here");
            return true;
          });
    }
  }

  /**
   * Refuses what others have made depend on what goes, where nothing of the runbook's own may take
   * it away before.
   */
  public static void refuseOthers(PgSession session, Runbook runbook) {
    if (runbook.contract().sql().isEmpty() && TargetState.find(session).isPresent()) {
      Transitions transitions = Transitions.installed(session);
      OthersObjects.refuse(session, transitions.retires(session, runbook), "rubicon resume");
    }
  }

  /** Legacy relations that somebody has dropped by hand: nothing of theirs is left to lose. */
  private static Set<RelationName> gone(PgSession session, Transitions all) {
    return all.stream()
        .filter(
            t ->
                session
                    .value(
                        "SELECT NOT EXISTS (SELECT FROM pg_class WHERE oid = ?::bigint::oid)",
                        t.oids(session).getFirst())
                    .equals("t"))
        .map(Transition::relation)
        .collect(Collectors.toSet());
  }

  private static String note(Set<RelationName> gone, RelationName relation) {
    return gone.contains(relation) ? " (was not there: somebody had dropped " + relation + ")" : "";
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
    context.evidence().record(LEGACY_WRITERS, writers);
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
    Preconditions.require(context, session);
    if (LeavingUse.require(context, session)) {
      Reconciliation.require(context, session);
    }
  }

  /** Copies what the runbook keeps of the columns that go; takes nothing away. */
  private static void archive(
      PhaseContext context, TargetLock lock, PgSession session, PgSession scan) {
    for (Transition transition : Transitions.installed(session).reversed()) {
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
