package dev.rubicon.dualwrite;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.expand.ConcurrentIndexes;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Stage;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.shadow.CarriedKeys;
import dev.rubicon.shadow.Family;
import dev.rubicon.shadow.ShadowCompiler;
import dev.rubicon.shadow.ShadowInstall;
import dev.rubicon.shadow.ShadowPlan;
import dev.rubicon.shadow.ShadowSql;
import dev.rubicon.transition.LockLadder;
import dev.rubicon.transition.SyncPrint;
import dev.rubicon.transition.TargetLock;
import dev.rubicon.transition.TargetState;
import dev.rubicon.transition.TransitionCompiler;
import dev.rubicon.transition.TransitionPlan;
import dev.rubicon.transition.TransitionSql;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Installs columns, defaults, functions and triggers, one short transaction per relation: from its
 * commit on, every write keeps both sides in step.
 */
public final class DualWrite {

  /** Columns that are kept in step together; evidence. */
  public record Group(List<String> canonical, List<String> legacy, List<String> shared) {}

  private final LockLadder ladder;

  public DualWrite() {
    this(LockLadder.DDL);
  }

  public DualWrite(LockLadder ladder) {
    this.ladder = ladder;
  }

  public Facts.DualWrite run(PhaseContext context) {
    try (TargetLock lock = TargetLock.acquire(context);
        PgSession session = context.open(SessionLimits.SHORT)) {
      TargetState.require(session, context.input().bundle());
      var installed = new LinkedHashMap<RelationName, TransitionPlan>();
      TargetState.plans(session).forEach(plan -> installed.put(plan.relation(), plan));
      var compiler = new TransitionCompiler(session, context.runbook());
      // All are compiled before the first is installed: a refusal leaves nothing behind.
      var missing = new ArrayList<TransitionPlan>();
      for (Runbook.Transition transition : context.runbook().transitions()) {
        if (transition.kind() == Runbook.Transition.Kind.IN_PLACE
            && !installed.containsKey(RelationName.parse(transition.relation()))) {
          missing.add(compiler.compile(transition));
        }
      }
      var shadows = new ArrayList<ShadowPlan>(TargetState.shadows(session));
      List<ShadowPlan> missingShadows = compile(context, session, shadows);
      List<ShadowPlan> all = Stream.concat(shadows.stream(), missingShadows.stream()).toList();
      var locks = new LinkedHashMap<String, List<LockLadder.Attempt>>();
      CarriedKeys.refuse(context, missingShadows);
      ShadowInstall.maps(session, missingShadows);
      for (ShadowPlan plan : missingShadows) {
        lock.check();
        context.progress().update(plan.key(), 0, 1, "installing triggers");
        locks.put(
            plan.key(), ShadowInstall.install(context, session, ladder, new Family(plan, all)));
        shadows.add(plan);
      }
      for (TransitionPlan plan : missing) {
        lock.check();
        context.progress().update(plan.relation().toString(), 0, 1, "installing triggers");
        locks.put(plan.relation().toString(), install(context, session, plan));
        installed.put(plan.relation(), plan);
      }
      if (!locks.isEmpty()) {
        context.evidence().record(EvidenceNames.LOCKS, locks);
      }
      TargetState.atLeast(session, Stage.DUAL_WRITING);
      new ConcurrentIndexes(context).build(ConcurrentIndexes.Part.ON_TRANSITION_COLUMNS);
      context.evidence().record(EvidenceNames.GROUPS, groups(installed.values()));
      int triggers =
          installed.values().stream().mapToInt(p -> TransitionSql.triggerNames(p).size()).sum()
              + shadows.stream().mapToInt(ShadowSql::count).sum();
      return new Facts.DualWrite(
          List.copyOf(
              new TreeSet<>(
                  Stream.concat(
                          installed.keySet().stream(),
                          shadows.stream().map(plan -> plan.legacy().name()))
                      .map(RelationName::toString)
                      .toList())),
          triggers);
    }
  }

  private static List<ShadowPlan> compile(
      PhaseContext context, PgSession session, List<ShadowPlan> installed) {
    var compiler = new ShadowCompiler(session, context.runbook());
    return context.runbook().transitions().stream()
        .filter(t -> t.kind() == Runbook.Transition.Kind.SHADOW)
        .filter(t -> installed.stream().noneMatch(p -> of(p, t)))
        .map(compiler::compile)
        .toList();
  }

  private static boolean of(ShadowPlan plan, Runbook.Transition transition) {
    return plan.legacy().name().equals(RelationName.parse(transition.relation()))
        && plan.to().equals(RelationName.parse(transition.shadow().orElseThrow().to()));
  }

  private List<LockLadder.Attempt> install(
      PhaseContext context, PgSession session, TransitionPlan plan) {
    return ladder
        .run(
            session,
            context.progress(),
            List.of(plan.relation()),
            () -> {
              session.execute(
                  "SET LOCAL search_path = "
                      + TransitionCompiler.searchPath(context.runbook())
                      + ", pg_catalog");
              TransitionSql.functions(plan).forEach(session::execute);
              session.execute("LOCK TABLE " + plan.relation().sql() + " IN ACCESS EXCLUSIVE MODE");
              TransitionSql.columnsAndTriggers(plan).forEach(session::execute);
              // The owner's default privileges may say otherwise; clients run these functions.
              session.execute("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA rubicon TO PUBLIC");
              TargetState.installed(session, plan);
              SyncPrint.installed(session);
              return plan;
            })
        .attempts();
  }

  private static Map<String, List<Group>> groups(Iterable<TransitionPlan> plans) {
    var groups = new LinkedHashMap<String, List<Group>>();
    for (TransitionPlan plan : plans) {
      groups.put(
          plan.relation().toString(),
          plan.groups().stream()
              .map(
                  group ->
                      new Group(
                          group.canonical().stream().map(c -> c.name()).toList(),
                          group.legacy().stream().map(l -> l.name()).toList(),
                          group.shared()))
              .toList());
    }
    return groups;
  }
}
