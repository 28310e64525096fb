package dev.rubicon.transition.shadow.swap;

import dev.rubicon.locks.ConstraintBuild;
import dev.rubicon.locks.Step;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.transition.shadow.IncomingKeys;
import dev.rubicon.transition.shadow.OrphanedTwin;
import dev.rubicon.transition.shadow.ShadowNames;
import dev.rubicon.transition.shadow.ShadowPlan;
import dev.rubicon.transition.shadow.StatementChecks;
import dev.rubicon.transition.shadow.triggers.ShadowInstall;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The end of a shadow: canonical stands alone. Inside the caller's transaction, after {@link
 * ShadowCrossing#lock}, which has dropped the view.
 */
public final class ShadowEnd {
  private static final String ARCHIVE = "rubicon_archive";

  private ShadowEnd() {}

  /** The steps that end it. */
  public static List<Step> end(
      PgSession session, ShadowPlan plan, Set<Long> leaving, LegacyColumn.Action action) {
    String id = "retire " + plan.key();
    var sql = new ArrayList<Step>(ownKeys(session, id, plan));
    if (!plan.leadsLegacy()) {
      sql.addAll(ShadowInstall.remove(session, plan));
      return sql; // the relation ends with the plan that leads
    }
    if (ShadowNames.find(session, plan.legacy().oid()).isEmpty()) {
      // Somebody has dropped it; canonical's clients are freed of what still writes to it.
      var left = KeptSequences.of(session, plan);
      left.release().forEach(statement -> sql.add(Step.of(id, statement)));
      sql.addAll(ShadowInstall.remove(session, plan));
      left.giveCanonicalsBack(ShadowNames.of(session, plan.canonical()))
          .forEach(statement -> sql.add(Step.of(id, statement)));
      return sql;
    }
    RelationName legacy = ShadowNames.of(session, plan.legacy());
    List<StatementChecks.Key> altered = plan.checks().keys(session, true);
    if (action != LegacyColumn.Action.DROP) {
      altered.forEach(key -> sql.add(notDeferrable(id, key)));
    }
    OrphanedTwin.of(session, plan).forEach(twin -> sql.add(twin.drop(id)));
    var incoming = new IncomingKeys(session);
    for (IncomingKeys.Key key : incoming.of(plan.legacy().oid(), leaving)) {
      String table = "ALTER TABLE " + key.table().sql();
      String name = Identifiers.quote(key.name());
      Step.Lock lock = Step.Lock.exclusive(key.table());
      sql.add(Step.of(id, table + " DROP CONSTRAINT " + name, lock));
      sql.add(
          Step.of(
              id,
              table + " RENAME CONSTRAINT " + Identifiers.quote(key.twin()) + " TO " + name,
              lock));
      var twin = new StatementChecks.Key(key.table(), key.name());
      String definition = altered.contains(twin) ? "" : key.definition();
      sql.add(Step.of(id, twin.as(definition), lock));
    }
    if (action != LegacyColumn.Action.DROP && plan.keyMap().isPresent()) {
      sql.addAll(archive(id, plan.keyMap().get().table()));
    }
    if (action == LegacyColumn.Action.DROP) {
      // Relations that leave may point at each other in a circle, and one may be kept that does.
      for (IncomingKeys.Key key : incoming.among(plan.legacy().oid(), leaving)) {
        sql.add(
            Step.of(
                id,
                "ALTER TABLE "
                    + key.table().sql()
                    + " DROP CONSTRAINT "
                    + Identifiers.quote(key.name()),
                Step.Lock.exclusive(key.table())));
      }
    }
    var kept = KeptSequences.of(session, plan);
    kept.release().forEach(statement -> sql.add(Step.of(id, statement)));
    kept.giveBack(legacy).forEach(statement -> sql.add(Step.of(id, statement)));
    // Their names are free by now for those of canonical's identity columns.
    sql.addAll(ShadowInstall.remove(session, plan, kept.numbers(legacy)));
    kept.giveCanonicalsBack(ShadowNames.of(session, plan.canonical()))
        .forEach(statement -> sql.add(Step.of(id, statement)));
    switch (action) {
      case DROP -> sql.add(Step.of(id, "DROP TABLE " + legacy.sql(), Step.Lock.exclusive(legacy)));
      case ARCHIVE -> sql.addAll(archive(id, legacy.sql()));
      case KEEP -> {
        if (plan.legacyName() != LegacyName.KEEP) {
          sql.add(Step.of(id, "CREATE SCHEMA IF NOT EXISTS " + ARCHIVE));
          sql.add(Step.of(id, "ALTER TABLE " + legacy.sql() + " SET SCHEMA " + ARCHIVE));
        }
      }
    }
    return sql;
  }

  /** Canonical's foreign keys, as the runbook has them. */
  private static List<Step> ownKeys(PgSession session, String id, ShadowPlan plan) {
    RelationName canonical = ShadowNames.of(session, plan.canonical());
    return plan.foreignKeys().stream()
        .filter(key -> !StatementChecks.isDeferrable(key.sql()))
        .map(key -> new StatementChecks.Key(canonical, Identifiers.split(key.name()).getFirst()))
        // Its owner may have dropped it since.
        .filter(key -> ConstraintBuild.validated(session, canonical, key.name()).isPresent())
        .map(key -> notDeferrable(id, key))
        .toList();
  }

  private static Step notDeferrable(String id, StatementChecks.Key key) {
    return Step.of(id, key.notDeferrable(), Step.Lock.exclusive(key.table()));
  }

  private static List<Step> archive(String id, String table) {
    return List.of(
        Step.of(id, "CREATE SCHEMA IF NOT EXISTS " + ARCHIVE),
        Step.of(id, "REVOKE ALL ON SCHEMA " + ARCHIVE + " FROM PUBLIC"),
        Step.of(id, "ALTER TABLE " + table + " SET SCHEMA " + ARCHIVE));
  }
}
