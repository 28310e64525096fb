package dev.rubicon.transition.shadow.swap;

import dev.rubicon.locks.Step;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.transition.shadow.IncomingKeys;
import dev.rubicon.transition.shadow.ShadowNames;
import dev.rubicon.transition.shadow.ShadowPlan;
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
    if (!plan.leadsLegacy()) {
      return ShadowInstall.remove(session, plan); // the relation ends with the plan that leads
    }
    String id = "retire " + plan.key();
    RelationName legacy = ShadowNames.of(session, plan.legacy());
    var sql = new ArrayList<Step>();
    for (IncomingKeys.Key key : new IncomingKeys(session).of(plan.legacy().oid(), leaving)) {
      String table = "ALTER TABLE " + key.table().sql();
      String name = Identifiers.quote(key.name());
      Step.Lock lock = Step.Lock.exclusive(key.table());
      sql.add(Step.of(id, table + " DROP CONSTRAINT " + name, lock));
      sql.add(
          Step.of(
              id,
              table + " RENAME CONSTRAINT " + Identifiers.quote(key.twin()) + " TO " + name,
              lock));
    }
    if (action != LegacyColumn.Action.DROP && plan.keyMap().isPresent()) {
      sql.addAll(archive(id, plan.keyMap().get().table()));
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

  private static List<Step> archive(String id, String table) {
    return List.of(
        Step.of(id, "CREATE SCHEMA IF NOT EXISTS " + ARCHIVE),
        Step.of(id, "REVOKE ALL ON SCHEMA " + ARCHIVE + " FROM PUBLIC"),
        Step.of(id, "ALTER TABLE " + table + " SET SCHEMA " + ARCHIVE));
  }
}
