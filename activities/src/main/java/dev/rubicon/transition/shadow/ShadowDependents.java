package dev.rubicon.transition.shadow;

import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SqlTemplate;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.table.Dependent;
import java.util.List;
import java.util.Optional;

/** What hangs on the legacy relation and does not follow to canonical. */
public final class ShadowDependents {
  private static final SqlTemplate DEPENDENTS =
      SqlTemplate.of("transition/shadow/sql/dependents.sql.ftl");

  private ShadowDependents() {}

  /** Their object ids. */
  private record Sides(long legacy, long canonical) {}

  /** What the owner must know. */
  public static List<Dependent> of(PgSession session, ShadowPlan plan) {
    String legacy = plan.legacy().name().toString();
    return session.query(
        DEPENDENTS.render(new Sides(plan.legacy().oid(), plan.canonical().oid())),
        row ->
            new Dependent(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                Optional.ofNullable(row.getString(4))),
        legacy,
        legacy,
        legacy,
        legacy,
        legacy,
        plan.leadsLegacy() && plan.legacyName() != LegacyName.KEEP);
  }
}
