package dev.rubicon.abort;

import dev.rubicon.catalog.CatalogChange;
import dev.rubicon.catalog.CatalogDiff;
import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.expand.ConcurrentIndexes;
import dev.rubicon.expand.Migrations;
import dev.rubicon.installed.OthersChanges;
import dev.rubicon.installed.OthersObjects;
import dev.rubicon.installed.RelaxedConstraints;
import dev.rubicon.installed.StoredTransition;
import dev.rubicon.installed.TargetSchema;
import dev.rubicon.installed.TargetState;
import dev.rubicon.leaving.LeavingTriggers;
import dev.rubicon.locks.LockLadder;
import dev.rubicon.locks.Step;
import dev.rubicon.locks.StepRunner;
import dev.rubicon.locks.TargetLock;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SqlFailure;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.TargetStage;
import dev.rubicon.transition.Transition;
import dev.rubicon.transition.Transitions;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Takes everything back before the cutover, and proves by the catalog that nothing of the rollout's
 * is left. What others did meanwhile is named, and stays.
 */
public final class Abort {

  public Facts.Abort run(PhaseContext context) {
    List<String> schemas = context.runbook().schemas();
    try (TargetLock lock = TargetLock.acquire(context);
        PgSession session = context.open(SessionLimits.SHORT);
        PgSession scan = context.open(SessionLimits.SCAN)) {
      Optional<TargetState.Row> state = TargetState.find(session);
      if (state.isEmpty()) {
        return new Facts.Abort(CatalogReader.read(session, schemas).fingerprint(), List.of());
      }
      TargetState.refuseForeign(state.get(), context.input().bundle());
      if (state.get().stage() == TargetStage.CUT_OVER) {
        throw new RubiconException(
            ErrorCode.ABORT_IMPOSSIBLE,
            "canonical is the authority by now",
            "go back first: rubicon rollback");
      }
      RelaxedConstraints.restore(scan, context);
      return takeBack(context, lock, session);
    }
  }

  private static Facts.Abort takeBack(PhaseContext context, TargetLock lock, PgSession session) {
    List<String> schemas = context.runbook().schemas();
    Transitions transitions = Transitions.installed(session);
    LeavingTriggers.remove(context, session);
    // Where an abort has removed them before, the end says it with the SQL.
    if (!transitions.all().isEmpty()) {
      OthersObjects.refuse(session, transitions.removes(session), "rubicon abort");
    }
    try {
      // What ties two relations that are not both in step any more would refuse legacy's clients.
      for (Transition transition : transitions) {
        if (!transition.untie(session, transitions).isEmpty()) {
          lock.check();
          locked(
              context, session, transition, () -> transition.untie(session, transitions), () -> {});
        }
      }
      // Parts first: they need the triggers of the row of which they are a part.
      for (Transition transition : transitions.reversed()) {
        lock.check();
        context.progress().update(transition.key(), 0, 1, "removing");
        locked(
            context,
            session,
            transition,
            () -> transition.remove(session, transitions),
            () -> StoredTransition.uninstalled(session, transition.key()));
      }
      CatalogSnapshot baseline = TargetState.baseline(session);
      CatalogSnapshot found = CatalogReader.read(session, schemas);
      new ConcurrentIndexes(context).drop(name -> stood(baseline, found, name));
      lock.check();
      new Migrations(context).undo(session);
      return forget(context, session, baseline);
    } catch (RubiconException e) {
      if (SqlFailure.state(e).equals("2BP01")) {
        throw stillUsed(session, transitions, e);
      }
      throw e;
    }
  }

  /** Nothing of others' is dropped with ours: their owner must. */
  private static RubiconException stillUsed(
      PgSession session, Transitions transitions, RubiconException cause) {
    List<String> views =
        session.query(
            """
            SELECT DISTINCT v.oid::pg_catalog.regclass::text
            FROM pg_catalog.pg_depend d
            JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
            JOIN pg_catalog.pg_class v ON v.oid = r.ev_class
            WHERE d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
              AND d.refobjid = ANY (?::bigint[]::oid[]) AND v.relkind IN ('v', 'm')
              AND v.oid <> d.refobjid
              AND v.relnamespace IS DISTINCT FROM pg_catalog.to_regnamespace('rubicon')
            ORDER BY 1
            """,
            row -> row.getString(1),
            (Object)
                transitions.stream().flatMap(t -> t.oids(session).stream()).toArray(Long[]::new));
    return new RubiconException(
        ErrorCode.TRANSITION_UNSUPPORTED,
        "others use what the abort takes away"
            + (views.isEmpty() ? "" : ": " + String.join(", ", views))
            + "; "
            + cause.getMessage(),
        "drop or rebuild what depends on it, then: rubicon abort",
        cause.getCause());
  }

  /** An index of that name that was there before, and is not one that was built in its place. */
  private static boolean stood(CatalogSnapshot baseline, CatalogSnapshot found, RelationName name) {
    return baseline.of(ObjectKind.INDEX).stream()
        .filter(index -> index.schema().equals(name.schema()))
        .filter(index -> index.part().equals(name.name()) || index.object().equals(name.name()))
        .anyMatch(index -> index.valid() || found.entries().contains(index));
  }

  private static void locked(
      PhaseContext context,
      PgSession session,
      Transition transition,
      Supplier<List<Step>> steps,
      Runnable after) {
    List<RelationName> relations = transition.standing(session);
    new StepRunner(session, context.progress(), LockLadder.DDL)
        .run(
            relations,
            attempt -> {
              StepRunner.run(session, transition.lock(session, relations, attempt));
              return steps.get();
            },
            after);
  }

  /**
   * Drops schema {@code rubicon} only if nothing remains that the rollout made; else all of it
   * stays. What others changed is theirs, and named.
   */
  private static Facts.Abort forget(
      PhaseContext context, PgSession session, CatalogSnapshot baseline) {
    Predicate<CatalogChange> own = OthersChanges.own(session, baseline);
    return LockLadder.DDL
        .run(
            session,
            context.progress(),
            List.of(),
            () -> {
              List<String> others = OthersObjects.find(session, List.of());
              if (others.isEmpty()) {
                session.execute(TargetSchema.DROP);
              }
              CatalogSnapshot now = CatalogReader.read(session, context.runbook().schemas());
              // An invalid index that was dropped, or built anew, cannot be made again.
              CatalogSnapshot before =
                  baseline.without(
                      entry ->
                          entry.kind() == ObjectKind.INDEX
                              && !entry.valid()
                              && !now.entries().contains(entry));
              List<CatalogChange> all =
                  CatalogChange.between(before, now).stream()
                      .filter(change -> change.entry().kind() != ObjectKind.NOTE)
                      .toList();
              List<CatalogChange> ours = all.stream().filter(own).toList();
              if (!ours.isEmpty()) {
                context
                    .evidence()
                    .record(EvidenceNames.DIFFERS_FROM_BASELINE, CatalogDiff.between(now, before));
                throw new RubiconException(
                    ErrorCode.FINGERPRINT_MISMATCH,
                    "after the abort the schema is not what it was: "
                        + ids(ours)
                        + (others.isEmpty() ? "" : "; " + OthersObjects.told(others)),
                    mend(ours));
              }
              OthersObjects.refuse(others, "rubicon abort");
              context.evidence().record(EvidenceNames.CHANGED_BY_OTHERS, all);
              return new Facts.Abort(now.fingerprint(), ids(all));
            })
        .value();
  }

  /** What leads back; columns that the rollout added are left where their partition has left. */
  private static String mend(List<CatalogChange> ours) {
    var added =
        ours.stream()
            .filter(c -> c.entry().kind() == ObjectKind.COLUMN && c.was().isEmpty())
            .collect(
                Collectors.groupingBy(
                    c -> new RelationName(c.entry().schema(), c.entry().object()).sql(),
                    TreeMap::new,
                    Collectors.mapping(
                        c -> "DROP COLUMN " + Identifiers.quote(c.entry().part()),
                        Collectors.joining(", "))));
    String sql =
        added.entrySet().stream()
            .map(table -> "ALTER TABLE " + table.getKey() + " " + table.getValue() + ";")
            .collect(Collectors.joining(" "));
    return sql.isEmpty()
        ? "bring back by hand what differs, then again: rubicon abort"
        : "take away what the rollout added: " + sql + " Then again: rubicon abort";
  }

  private static List<String> ids(List<CatalogChange> changes) {
    return CatalogChange.whole(changes).stream().map(CatalogChange::id).limit(20).toList();
  }
}
