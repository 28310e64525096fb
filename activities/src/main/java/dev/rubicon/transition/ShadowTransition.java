package dev.rubicon.transition;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.installed.Removal;
import dev.rubicon.installed.StoredTransition;
import dev.rubicon.locks.ConstraintBuild;
import dev.rubicon.locks.Step;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.PartOf;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.table.Dependent;
import dev.rubicon.table.LegacyRelations;
import dev.rubicon.transition.rows.BackfillSql;
import dev.rubicon.transition.rows.Verifier;
import dev.rubicon.transition.shadow.IncomingKeys;
import dev.rubicon.transition.shadow.OrphanedTwin;
import dev.rubicon.transition.shadow.ShadowDependents;
import dev.rubicon.transition.shadow.ShadowNames;
import dev.rubicon.transition.shadow.ShadowPlan;
import dev.rubicon.transition.shadow.SharedPlans;
import dev.rubicon.transition.shadow.rows.CarriedKeys;
import dev.rubicon.transition.shadow.rows.ColumnsLeft;
import dev.rubicon.transition.shadow.rows.Partitions;
import dev.rubicon.transition.shadow.rows.RowsLeft;
import dev.rubicon.transition.shadow.rows.ShadowBackfill;
import dev.rubicon.transition.shadow.rows.ShadowBackfillSql;
import dev.rubicon.transition.shadow.rows.ShadowVerifier;
import dev.rubicon.transition.shadow.swap.ShadowCrossing;
import dev.rubicon.transition.shadow.swap.ShadowEnd;
import dev.rubicon.transition.shadow.triggers.PartitionTriggers;
import dev.rubicon.transition.shadow.triggers.ShadowInstall;
import dev.rubicon.transition.shadow.triggers.ShadowOpening;
import dev.rubicon.transition.shadow.triggers.ShadowSql;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Canonical in a table of its own, kept in step with legacy's. */
public record ShadowTransition(ShadowPlan plan) implements Transition {
  static final String KIND = "shadow";

  @Override
  public StoredTransition stored(PgSession session) {
    return new StoredTransition(key(), KIND, plan, oids(session), false);
  }

  @Override
  public String id() {
    return plan.id();
  }

  @Override
  public String key() {
    return plan.key();
  }

  @Override
  public RelationName relation() {
    return plan.legacy().name();
  }

  @Override
  public RelationName canonical() {
    return plan.to();
  }

  /** A part comes after the row of which it is one. */
  @Override
  public int rank() {
    return (plan.partOf() == PartOf.NEITHER ? 0 : 4)
        + (plan.leadsCanonical() ? 0 : 2)
        + (plan.leadsLegacy() ? 0 : 1);
  }

  @Override
  public boolean is(Runbook.Transition wanted) {
    return plan.legacy().name().equals(RelationName.parse(wanted.relation()))
        && wanted
            .shadow()
            .filter(shadow -> plan.to().equals(RelationName.parse(shadow.to())))
            .isPresent();
  }

  @Override
  public List<Long> oids(PgSession session) {
    return List.of(plan.legacy().oid(), plan.canonical().oid());
  }

  @Override
  public List<RelationName> sides(PgSession session) {
    return ShadowCrossing.relations(session, plan);
  }

  @Override
  public List<RelationName> standing(PgSession session) {
    return Stream.of(plan.legacy(), plan.canonical())
        .flatMap(side -> ShadowNames.find(session, side.oid()).stream())
        .toList();
  }

  @Override
  public List<String> read() {
    return plan.views();
  }

  @Override
  public int triggers() {
    return ShadowSql.count(plan);
  }

  @Override
  public List<Dependent> dependents(PgSession session) {
    return ShadowDependents.of(session, plan);
  }

  @Override
  public void refuseRows(PhaseContext context, Transitions installing) {
    CarriedKeys.refuse(context, plan, installing.shadows());
  }

  @Override
  public List<Step> prepare() {
    return ShadowInstall.maps(plan);
  }

  @Override
  public List<Step> install(PgSession session, Runbook runbook, Transitions all) {
    return ShadowInstall.install(session, runbook, new SharedPlans(plan, all.shadows()));
  }

  @Override
  public List<Step> grants(PgSession session) {
    return ShadowInstall.grants(session, plan);
  }

  @Override
  public List<List<Step>> follow(PgSession session) {
    var steps = new ArrayList<List<Step>>(PartitionTriggers.missing(session, plan));
    if (ShadowNames.find(session, plan.legacy().oid()).isPresent()) {
      OrphanedTwin.of(session, plan)
          .forEach(twin -> steps.add(List.of(twin.drop("follow " + twin.table()))));
    }
    return steps;
  }

  @Override
  public List<String> identityColumns() {
    return plan
        .numbering()
        .filter(numbering -> !numbering.identity().isEmpty())
        .map(numbering -> plan.to() + "." + numbering.column())
        .stream()
        .toList();
  }

  @Override
  public BackfillSql filling(PgSession session) {
    return new ShadowBackfill(ShadowBackfillSql.of(session, plan));
  }

  @Override
  public Verifier comparing(PgSession session) {
    return new ShadowVerifier(plan, isOpen(session));
  }

  @Override
  public List<ConstraintBuild> constrain(
      PgSession session, Runbook runbook, Transitions all, boolean crossed) {
    return ShadowOpening.constrain(session, plan, all.leaving());
  }

  @Override
  public List<Step> open(PgSession session, Transitions all) {
    return ShadowOpening.open(session, new SharedPlans(plan, all.shadows()));
  }

  @Override
  public List<RelationName> lockedAtCutover(PgSession session) {
    return ShadowCrossing.lockedAtCutover(session, plan);
  }

  @Override
  public List<Step> lock(PgSession session, List<RelationName> relations, int attempt) {
    return ShadowCrossing.lock(session, plan, relations, attempt);
  }

  @Override
  public boolean takesLegacysName() {
    return plan.to().equals(plan.legacy().name());
  }

  @Override
  public void remember(PgSession session) {
    Partitions.remember(session, plan);
  }

  @Override
  public Crossing cross(PgSession session, Runbook runbook) {
    return new Crossing(ShadowCrossing.there(session, plan), List.of());
  }

  @Override
  public void refuseReturn(PgSession scan) {
    Partitions.refuseReturnOfRows(scan, plan);
  }

  @Override
  public List<Step> back(PgSession session) {
    return ShadowCrossing.back(session, plan);
  }

  @Override
  public List<Step> untie(PgSession session, Transitions all) {
    return ShadowInstall.untie(session, plan, all.leaving());
  }

  /** The view under legacy's name goes, whatever becomes of legacy. */
  @Override
  public List<Removal> retires(PgSession session, Runbook runbook) {
    if (!plan.leadsLegacy()) {
      return List.of();
    }
    var gone = new ArrayList<Long>(ShadowCrossing.view(session, plan));
    if (LegacyRelations.action(runbook, relation()) == LegacyColumn.Action.DROP) {
      gone.add(plan.legacy().oid());
    }
    return gone.isEmpty() ? List.of() : List.of(new Removal(gone, List.of()));
  }

  @Override
  public List<Step> remove(PgSession session, Transitions all) {
    return ShadowInstall.remove(session, plan);
  }

  @Override
  public void refuseRetirement(PgSession scan, Runbook runbook, Transitions all) {
    // Nothing may end before canonical is seen to stand; of a legacy that is gone nothing is left.
    ShadowNames.of(scan, plan.canonical());
    if (ShadowNames.find(scan, plan.legacy().oid()).isEmpty()) {
      return;
    }
    ColumnsLeft.refuse(scan, runbook, plan);
    new IncomingKeys(scan).refuseWithoutTwins(plan, all.leaving());
    RowsLeft.refuse(scan, runbook, plan, all.shadows());
  }

  @Override
  public List<Step> retire(PgSession session, Runbook runbook, Transitions all) {
    return ShadowEnd.end(
        session, plan, all.leaving(), LegacyRelations.action(runbook, plan.legacy().name()));
  }

  @Override
  public String retired() {
    return plan.legacy().name().toString();
  }

  @Override
  public boolean endsLegacy() {
    return plan.leadsLegacy();
  }
}
