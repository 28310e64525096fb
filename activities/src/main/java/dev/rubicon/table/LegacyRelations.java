package dev.rubicon.table;

import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.LegacyRelation;
import dev.rubicon.runbook.Runbook;

/** What the runbook says about legacy relations at contract. */
public final class LegacyRelations {
  private LegacyRelations() {}

  /** What becomes of one; it is dropped where the runbook says nothing. */
  public static LegacyColumn.Action action(Runbook runbook, RelationName legacy) {
    return runbook.contract().legacyRelations().stream()
        .filter(r -> RelationName.parse(r.relation()).equals(legacy))
        .map(LegacyRelation::action)
        .findFirst()
        .orElse(LegacyColumn.Action.DROP);
  }
}
