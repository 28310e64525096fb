package dev.rubicon.transition.shadow.rows;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.PartOf;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.table.LegacyRelations;
import dev.rubicon.transition.shadow.ShadowPlan;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Legacy rows that no canonical relation takes, where {@code rows} says which ones go where. They
 * must not go with the legacy relation.
 */
public final class RowsLeft {
  private RowsLeft() {}

  /**
   * Reads whole relations; blocks no client.
   *
   * @throws RubiconException {@link ErrorCode#CONTRACT_NOT_DUE} with their number
   */
  public static void refuse(
      PgSession scan, Runbook runbook, ShadowPlan lead, List<ShadowPlan> plans) {
    List<ShadowPlan> family =
        plans.stream()
            .filter(plan -> plan.legacy().oid() == lead.legacy().oid())
            .filter(plan -> plan.partOf() != PartOf.LEGACY)
            .toList();
    boolean goes =
        LegacyRelations.action(runbook, lead.legacy().name()) == LegacyColumn.Action.DROP;
    if (lead.leadsLegacy() && goes && family.stream().allMatch(p -> p.rows().isPresent())) {
      refuse(scan, lead, family);
    }
  }

  private static void refuse(PgSession scan, ShadowPlan lead, List<ShadowPlan> family) {
    String taken =
        family.stream().map(plan -> plan.up().has("f")).collect(Collectors.joining(" OR "));
    // Row security would hide rows from the count: fail rather than leave them out.
    scan.execute("SET row_security = off");
    String rows =
        scan.value("SELECT count(*) FROM " + lead.legacyView() + " f WHERE NOT (" + taken + ")");
    if (!rows.equals("0")) {
      throw new RubiconException(
          ErrorCode.CONTRACT_NOT_DUE,
          rows
              + " rows of "
              + lead.legacy().name()
              + " are in no canonical relation, and would be dropped with it",
          "copy or delete them, then: rubicon contract; the next runbook may say archive");
    }
  }
}
