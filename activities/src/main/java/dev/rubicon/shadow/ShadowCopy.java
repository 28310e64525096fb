package dev.rubicon.shadow;

import dev.rubicon.target.Identifiers;
import dev.rubicon.target.PgSession;
import dev.rubicon.target.RelationName;
import dev.rubicon.transition.TransitionPlan;
import java.util.List;
import java.util.stream.Collectors;

/** The statements that copy rows which no client has touched since the triggers stand. */
public final class ShadowCopy {
  private final ShadowPlan plan;
  private final RelationName legacy;

  private ShadowCopy(ShadowPlan plan, RelationName legacy) {
    this.plan = plan;
    this.legacy = legacy;
  }

  public static ShadowCopy of(PgSession session, ShadowPlan plan) {
    return new ShadowCopy(plan, ShadowNames.of(session, plan.legacy()));
  }

  /** The legacy relation, by its name now. */
  public RelationName legacy() {
    return legacy;
  }

  /** Its key, along which it is walked. */
  public List<TransitionPlan.KeyColumn> key() {
    return plan.legacy().key().stream()
        .map(
            name ->
                new TransitionPlan.KeyColumn(
                    name,
                    plan.legacy().columns().stream()
                        .filter(c -> c.name().equals(name))
                        .findFirst()
                        .orElseThrow()
                        .type()))
        .toList();
  }

  public String countMissing() {
    return "SELECT count(*) FROM "
        + plan.legacyView()
        + " f WHERE NOT EXISTS (SELECT FROM "
        + plan.canonicalView()
        + " t WHERE "
        + plan.up().match("t", "f")
        + ")";
  }

  /** Our own triggers stay out of the copy; for the rest of the transaction. */
  public String silence() {
    return "SELECT pg_catalog.set_config(" + Identifiers.literal(plan.guard()) + ", 'copy', true)";
  }

  /**
   * One batch. The rows are locked, so that no writer changes them between the look and the commit;
   * a writer who was faster has brought the row himself, whole.
   *
   * @param range condition over {@code f}
   */
  public String batch(String range, String order, boolean skipLocked) {
    Direction up = plan.up();
    return """
    WITH f AS MATERIALIZED (
      SELECT f.* FROM %s f
       WHERE %s AND NOT EXISTS (SELECT FROM %s t WHERE %s)
       ORDER BY %s FOR NO KEY UPDATE OF f%s)
    INSERT INTO %s AS t (%s)%s
    SELECT %s FROM f ON CONFLICT (%s) DO NOTHING
    """
        .formatted(
            legacy.sql(),
            range,
            plan.canonicalView(),
            up.match("t", "f"),
            order,
            skipLocked ? " SKIP LOCKED" : "",
            plan.canonicalView(),
            up.sets().stream().map(Derived::quoted).collect(Collectors.joining(", ")),
            up.to().alwaysIdentity() ? " OVERRIDING SYSTEM VALUE" : "",
            up.sets().stream().map(d -> d.over("f")).collect(Collectors.joining(", ")),
            up.to().key().stream().map(Identifiers::quote).collect(Collectors.joining(", ")));
  }
}
