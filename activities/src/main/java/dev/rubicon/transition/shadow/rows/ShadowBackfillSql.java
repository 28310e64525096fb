package dev.rubicon.transition.shadow.rows;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.table.KeyColumn;
import dev.rubicon.transition.shadow.Derived;
import dev.rubicon.transition.shadow.Direction;
import dev.rubicon.transition.shadow.ShadowNames;
import dev.rubicon.transition.shadow.ShadowPlan;
import dev.rubicon.transition.shadow.triggers.SyncSql;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The statements that copy rows which no client has touched since the triggers stand. */
public final class ShadowBackfillSql {
  private final ShadowPlan plan;
  private final RelationName legacy;

  private ShadowBackfillSql(ShadowPlan plan, RelationName legacy) {
    this.plan = plan;
    this.legacy = legacy;
  }

  public static ShadowBackfillSql of(PgSession session, ShadowPlan plan) {
    return new ShadowBackfillSql(plan, ShadowNames.of(session, plan.legacy()));
  }

  /** The legacy relation, by its name now. */
  public RelationName legacy() {
    return legacy;
  }

  /** Its key, along which it is walked. */
  public List<KeyColumn> key() {
    return plan.legacy().key().stream()
        .map(
            name ->
                new KeyColumn(
                    name,
                    plan.legacy().columns().stream()
                        .filter(c -> c.name().equals(name))
                        .findFirst()
                        .orElseThrow()
                        .type()))
        .toList();
  }

  /** Names it in {@code rubicon.backfill_batch}. */
  public String name() {
    return plan.key();
  }

  public String countMissing() {
    if (plan.up().part()) {
      return "SELECT count(*) FROM "
          + plan.legacyView()
          + " f LEFT JOIN "
          + plan.canonicalView()
          + " t ON "
          + plan.up().match("t", "f")
          + " WHERE "
          + plan.up().has("f")
          + " AND (t."
          + Identifiers.quote(plan.canonical().identity().getFirst())
          + " IS NULL OR "
          + differs()
          + ")";
    }
    return "SELECT count(*) FROM "
        + plan.legacyView()
        + " f WHERE "
        + plan.up().has("f")
        + " AND NOT EXISTS (SELECT FROM "
        + plan.canonicalView()
        + " t WHERE "
        + plan.up().match("t", "f")
        + plan.up().alsoOurs("t")
        + ")";
  }

  /**
   * Counts rows whose key another relation has brought already; empty where none can have. They
   * never get a counterpart.
   */
  public Optional<String> countTaken() {
    return plan.up().shares()
        ? Optional.of(
            "SELECT count(*) FROM "
                + plan.legacyView()
                + " f JOIN "
                + plan.canonicalView()
                + " t ON "
                + plan.up().match("t", "f")
                + " WHERE "
                + plan.up().has("f")
                + " AND NOT "
                + Direction.holds(plan.up().otherRows(), "t"))
        : Optional.empty();
  }

  /** The canonical relation, as the runbook names it. */
  public RelationName canonical() {
    return plan.to();
  }

  /** Keeps the engine's triggers out of the copy; for the rest of the transaction. */
  public String silence() {
    return "SELECT pg_catalog.set_config(" + Identifiers.literal(plan.guard()) + ", 'copy', true)";
  }

  /** The statements that make the pairs of keys which a batch needs; same parameters as it. */
  public List<String> pairs(String range) {
    return plan.ups().stream()
        .filter(d -> d.source().map().isPresent())
        .map(
            d ->
                "SELECT count(*) FROM (SELECT DISTINCT f."
                    + Identifiers.quote(d.source().inputs().getFirst())
                    + " FROM "
                    + legacy.sql()
                    + " f WHERE "
                    + range
                    + ") f, LATERAL "
                    + d.source().pair("f")
                    + " p")
        .toList();
  }

  /**
   * One batch. The rows are locked, so that no client changes them between the check and the
   * commit; the trigger of a client that was faster has inserted the whole row already.
   *
   * @param range condition over {@code f}
   */
  public String batch(String range, String order, boolean skipLocked) {
    Direction up = plan.up();
    if (up.part()) {
      return part(range, order, skipLocked);
    }
    return """
    WITH f AS MATERIALIZED (
      SELECT f.* FROM %s f
       WHERE %s AND %s AND NOT EXISTS (SELECT FROM %s t WHERE %s)
       ORDER BY %s FOR NO KEY UPDATE OF f%s)
    INSERT INTO %s AS t (%s)%s
    SELECT %s FROM f ON CONFLICT (%s) DO NOTHING
    """
        .formatted(
            legacy.sql(),
            range,
            up.has("f"),
            plan.canonicalView(),
            up.match("t", "f") + up.alsoOurs("t"),
            order,
            skipLocked ? " SKIP LOCKED" : "",
            plan.canonicalView(),
            up.sets().stream().map(Derived::quoted).collect(Collectors.joining(", ")),
            up.to().alwaysIdentity() ? " OVERRIDING SYSTEM VALUE" : "",
            up.sets().stream().map(d -> d.over("f")).collect(Collectors.joining(", ")),
            up.to().key().stream().map(Identifiers::quote).collect(Collectors.joining(", ")));
  }

  /**
   * Into rows that are there already. Before canonical takes clients, only the engine writes these
   * columns, so that what differs is not copied yet.
   */
  private String part(String range, String order, boolean skipLocked) {
    Direction up = plan.up();
    return """
    WITH f AS MATERIALIZED (
      SELECT f.* FROM %s f JOIN %s t ON %s
       WHERE %s AND %s AND (%s)
       ORDER BY %s FOR NO KEY UPDATE OF f%s)
    UPDATE %s AS t SET %s
    FROM f WHERE %s
    """
        .formatted(
            legacy.sql(),
            plan.canonicalView(),
            up.match("t", "f"),
            range,
            up.has("f"),
            differs(),
            order,
            skipLocked ? " SKIP LOCKED" : "",
            plan.canonicalView(),
            carried().map(d -> d.quoted() + " = " + d.over("f")).collect(Collectors.joining(", ")),
            up.match("t", "f"));
  }

  private String differs() {
    return carried()
        .map(d -> "(" + SyncSql.differ("t." + d.quoted(), d.over("f")) + ")")
        .collect(Collectors.joining(" OR "));
  }

  private Stream<Derived> carried() {
    return plan.ups().stream().filter(d -> !plan.canonical().identity().contains(d.column()));
  }
}
