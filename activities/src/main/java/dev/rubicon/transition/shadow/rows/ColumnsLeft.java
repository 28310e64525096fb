package dev.rubicon.transition.shadow.rows;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.table.LegacyRelations;
import dev.rubicon.transition.shadow.ShadowNames;
import dev.rubicon.transition.shadow.ShadowPlan;
import dev.rubicon.transition.shadow.Side;
import java.util.List;

/** Columns that legacy got after dual write was installed: nobody carries them to canonical. */
public final class ColumnsLeft {
  private ColumnsLeft() {}

  /**
   * @throws RubiconException {@link ErrorCode#CONTRACT_NOT_DUE} with their names
   */
  public static void refuse(PgSession session, Runbook runbook, ShadowPlan plan) {
    if (!plan.leadsLegacy()
        || LegacyRelations.action(runbook, plan.legacy().name()) != LegacyColumn.Action.DROP) {
      return;
    }
    List<String> left =
        session.query(
            """
            SELECT a.attname FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = ?::bigint::oid AND a.attnum > 0 AND NOT a.attisdropped
              AND a.attgenerated = '' AND NOT a.attname = ANY (?::text[])
            ORDER BY a.attnum
            """,
            row -> row.getString(1),
            plan.legacy().oid(),
            plan.legacy().columns().stream().map(Side.Column::name).toArray(String[]::new));
    if (!left.isEmpty()) {
      throw new RubiconException(
          ErrorCode.CONTRACT_NOT_DUE,
          "somebody added columns to "
              + ShadowNames.of(session, plan.legacy())
              + " that are not in canonical, and would be dropped with it: "
              + String.join(", ", left),
          "copy what is needed of them, drop them there, then: rubicon contract");
    }
  }
}
