package dev.rubicon.shadow;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.Runbook;
import java.util.Set;

/**
 * The end of a shadow: canonical stands alone. Inside the caller's transaction, after {@link
 * ShadowCrossing#lock}, which has dropped the view.
 */
public final class ShadowContract {
  private static final String ARCHIVE = "rubicon_archive";

  private ShadowContract() {}

  /** What the runbook says becomes of a legacy relation; dropped where it says nothing. */
  public static Runbook.LegacyColumn.Action action(Runbook runbook, RelationName legacy) {
    return runbook.contract().legacyRelations().stream()
        .filter(r -> RelationName.parse(r.relation()).equals(legacy))
        .map(Runbook.LegacyRelation::action)
        .findFirst()
        .orElse(Runbook.LegacyColumn.Action.DROP);
  }

  public static void end(
      PgSession session, ShadowPlan plan, Set<Long> leaving, Runbook.LegacyColumn.Action action) {
    if (!plan.leadsLegacy()) {
      ShadowInstall.remove(session, plan);
      return; // the relation ends with the plan that leads
    }
    var keys = new IncomingKeys(session);
    for (IncomingKeys.Key key : keys.of(plan.legacy().oid(), leaving)) {
      String table = "ALTER TABLE " + key.table().sql();
      session.execute(table + " DROP CONSTRAINT " + Identifiers.quote(key.name()));
      session.execute(
          table
              + " RENAME CONSTRAINT "
              + Identifiers.quote(key.twin())
              + " TO "
              + Identifiers.quote(key.name()));
    }
    if (action != Runbook.LegacyColumn.Action.DROP && plan.keyMap().isPresent()) {
      archive(session, plan.keyMap().get().table());
    }
    ShadowInstall.remove(session, plan);
    String legacy = ShadowNames.of(session, plan.legacy()).sql();
    switch (action) {
      case DROP -> session.execute("DROP TABLE " + legacy);
      case ARCHIVE -> archive(session, legacy);
      case KEEP -> {
        if (plan.legacyName() != Runbook.LegacyName.KEEP) {
          session.execute("CREATE SCHEMA IF NOT EXISTS " + ARCHIVE);
          session.execute("ALTER TABLE " + legacy + " SET SCHEMA " + ARCHIVE);
        }
      }
    }
  }

  private static void archive(PgSession session, String table) {
    session.execute("CREATE SCHEMA IF NOT EXISTS " + ARCHIVE);
    session.execute("REVOKE ALL ON SCHEMA " + ARCHIVE + " FROM PUBLIC");
    session.execute("ALTER TABLE " + table + " SET SCHEMA " + ARCHIVE);
  }
}
