package dev.rubicon.transition.inplace.contract;

import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.table.Naming;
import dev.rubicon.transition.inplace.InPlacePlan;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The legacy columns of a table that contract takes away, as the runbook says. */
public final class RetiredColumns {
  private RetiredColumns() {}

  /** All of them. */
  public static Set<String> of(Runbook runbook, InPlacePlan plan) {
    var retired = new LinkedHashSet<String>();
    named(runbook, plan)
        .filter(c -> c.action() != LegacyColumn.Action.KEEP)
        .forEach(c -> retired.add(Naming.column(c.column())));
    return retired;
  }

  /** Those whose values are kept elsewhere. */
  public static List<String> archived(Runbook runbook, InPlacePlan plan) {
    return named(runbook, plan)
        .filter(c -> c.action() == LegacyColumn.Action.ARCHIVE)
        .map(c -> Naming.column(c.column()))
        .toList();
  }

  private static Stream<LegacyColumn> named(Runbook runbook, InPlacePlan plan) {
    return runbook.contract().legacyColumns().stream()
        .filter(c -> RelationName.parse(c.relation()).equals(plan.relation()));
  }
}
