package dev.rubicon.transition.shadow.triggers;

import dev.rubicon.locks.ConstraintBuild;
import dev.rubicon.locks.Step;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.ForeignKey;
import dev.rubicon.transition.shadow.IncomingKeys;
import dev.rubicon.transition.shadow.ShadowNames;
import dev.rubicon.transition.shadow.ShadowPlan;
import dev.rubicon.transition.shadow.SharedPlans;
import dev.rubicon.transition.shadow.StatementChecks;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What follows the first verification that agrees: canonical gets its foreign keys, those that
 * point at legacy get their twins, its own triggers are enabled, and it takes clients.
 */
public final class ShadowOpening {
  private ShadowOpening() {}

  /** Canonical's own triggers, and the functions that follow its clients. */
  public static List<Step> open(PgSession session, SharedPlans family) {
    ShadowPlan plan = family.plan();
    String id = "open " + plan.key();
    RelationName canonical = ShadowNames.of(session, plan.canonical());
    var steps = new ArrayList<Step>();
    for (ShadowPlan.DisabledTrigger trigger : plan.asleep()) {
      steps.add(
          Step.of(
              id,
              trigger.enable(canonical.sql()),
              new Step.Lock(canonical, Step.Mode.SHARE_ROW_EXCLUSIVE)));
    }
    ShadowSql.open(family).forEach(sql -> steps.add(Step.of(id, sql)));
    return steps;
  }

  /**
   * Foreign keys of canonical, and the twins of those that point at legacy. All are deferrable for
   * now: see {@link StatementChecks}.
   */
  public static List<ConstraintBuild> constrain(
      PgSession session, ShadowPlan plan, Set<Long> leaving) {
    RelationName canonical = ShadowNames.of(session, plan.canonical());
    var missing = new ArrayList<ConstraintBuild>();
    for (ForeignKey key : plan.foreignKeys()) {
      String name = Identifiers.split(key.name()).getFirst();
      missing.add(
          ConstraintBuild.foreignKey(
              session,
              canonical,
              name,
              "ALTER TABLE "
                  + canonical.sql()
                  + " ADD CONSTRAINT "
                  + Identifiers.quote(name)
                  + " "
                  + StatementChecks.deferrable(key.sql())
                  + " NOT VALID"));
    }
    if (plan.leadsLegacy()) {
      for (StatementChecks.Key key : plan.checks().keys(session, false)) {
        missing.add(ConstraintBuild.alter(key.table(), key.name(), key.deferrable()));
      }
      var incoming = new IncomingKeys(session);
      for (IncomingKeys.Key key : incoming.of(plan.legacy().oid(), leaving)) {
        RelationName target = incoming.target(plan, key).orElse(canonical);
        missing.add(
            ConstraintBuild.foreignKey(
                session, key.table(), key.twin(), IncomingKeys.add(plan, key, target)));
      }
    }
    return missing;
  }
}
