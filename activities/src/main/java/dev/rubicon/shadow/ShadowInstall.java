package dev.rubicon.shadow;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.transition.LockLadder;
import dev.rubicon.transition.SyncPrint;
import dev.rubicon.transition.TargetState;
import dev.rubicon.transition.TransitionCompiler;
import java.util.List;
import java.util.Set;

/** Puts a shadow's triggers on both relations, and takes them off again. */
public final class ShadowInstall {
  private ShadowInstall() {}

  /** Maps of keys, of all plans before the first trigger: one relation's may read another's. */
  public static void maps(PgSession session, List<ShadowPlan> plans) {
    session.inTransaction(
        () -> {
          plans.stream()
              .flatMap(plan -> plan.keyMap().stream())
              .flatMap(map -> map.create().stream())
              .forEach(session::execute);
          SyncPrint.installed(session);
          return true;
        });
  }

  /**
   * One short transaction. It blocks writers, not readers: triggers need no more. Writers that are
   * at work end first, so none is missed.
   */
  public static List<LockLadder.Attempt> install(
      PhaseContext context, PgSession session, LockLadder ladder, Family family) {
    ShadowPlan plan = family.plan();
    List<RelationName> relations = List.of(plan.legacy().name(), plan.canonical().name());
    return ladder
        .run(
            session,
            context.progress(),
            relations,
            () -> {
              session.execute(
                  "SET LOCAL search_path = "
                      + TransitionCompiler.searchPath(context.runbook())
                      + ", pg_catalog");
              ShadowSql.functions(family).forEach(session::execute);
              session.execute(
                  "LOCK TABLE " + plan.canonical().name().sql() + " IN ACCESS EXCLUSIVE MODE");
              session.execute(
                  "LOCK TABLE " + plan.legacy().name().sql() + " IN SHARE ROW EXCLUSIVE MODE");
              if (plan.leadsCanonical()) {
                refuseRows(session, plan);
              }
              ShadowSql.triggers(family).forEach(session::execute);
              Grants.copy(session, plan.legacy().oid(), "TABLE", plan.canonical().name().sql());
              TargetState.installed(session, plan);
              SyncPrint.installed(session);
              return plan;
            })
        .attempts();
  }

  /** Rows that legacy does not know would be nobody's. */
  private static void refuseRows(PgSession session, ShadowPlan plan) {
    if (session.value("SELECT EXISTS (SELECT FROM " + plan.canonicalView() + ")").equals("t")) {
      throw new RubiconException(
          ErrorCode.TRANSITION_UNSUPPORTED,
          plan.canonical().name() + " holds rows already",
          "a shadow begins empty: take the rows out of the migration, or move them to legacy");
    }
  }

  /** Inside the caller's transaction, which holds both locks. */
  public static void remove(PgSession session, ShadowPlan plan) {
    String legacy = ShadowNames.of(session, plan.legacy()).sql();
    String canonical = ShadowNames.of(session, plan.canonical()).sql();
    ShadowSql.dropTriggers(plan, legacy, canonical).forEach(session::execute);
    String sequence =
        plan.numbering().map(n -> ShadowNames.of(session, n.legacySequence()).sql()).orElse("");
    ShadowSql.ownNumbers(plan, canonical, sequence).forEach(sql -> run(session, sql));
    ShadowSql.dropFunctions(plan).forEach(session::execute);
    TargetState.uninstalled(session, plan);
  }

  /** Foreign keys of canonical, and those that were pointed at it; in the caller's transaction. */
  public static void removeForeignKeys(PgSession session, ShadowPlan plan, Set<Long> leaving) {
    String canonical = ShadowNames.of(session, plan.canonical()).sql();
    for (Runbook.ForeignKey key : plan.foreignKeys()) {
      session.execute(
          "ALTER TABLE "
              + canonical
              + " DROP CONSTRAINT IF EXISTS "
              + Identifiers.quote(Identifiers.split(key.name()).getFirst()));
    }
    if (!plan.leadsLegacy()) {
      return;
    }
    var keys = new IncomingKeys(session);
    for (IncomingKeys.Key key : keys.of(plan.legacy().oid(), leaving)) {
      session.execute(
          "ALTER TABLE "
              + key.table().sql()
              + " DROP CONSTRAINT IF EXISTS "
              + Identifiers.quote(key.twin()));
    }
  }

  private static void run(PgSession session, String sql) {
    if (sql.startsWith("SELECT")) {
      session.value(sql);
    } else {
      session.execute(sql);
    }
  }
}
