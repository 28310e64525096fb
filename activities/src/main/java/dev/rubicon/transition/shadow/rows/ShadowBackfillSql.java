package dev.rubicon.transition.shadow.rows;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SqlTemplate;
import dev.rubicon.table.KeyColumn;
import dev.rubicon.transition.rows.BackfillSql;
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
  private static final SqlTemplate BATCH = template("batch");
  private static final SqlTemplate BATCH_OF_PART = template("batch_of_part");
  private static final SqlTemplate PAIR_KEYS = template("pair_keys");
  private static final SqlTemplate MISSING = template("missing");
  private static final SqlTemplate TAKEN = template("taken");

  private final ShadowPlan plan;
  private final RelationName legacy;

  private ShadowBackfillSql(ShadowPlan plan, RelationName legacy) {
    this.plan = plan;
    this.legacy = legacy;
  }

  private static SqlTemplate template(String name) {
    return SqlTemplate.of("transition/shadow/rows/sql/" + name + ".sql.ftl");
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

  /** Canonical's columns that have this key's values in the same order; empty where it has none. */
  public Optional<List<KeyColumn>> keyInCanonical() {
    return SortedAlike.of(plan.up(), key());
  }

  /** Names it in {@code rubicon.backfill_batch}. */
  public String name() {
    return plan.key();
  }

  /**
   * @param copied whether a row {@code f} of legacy is copied
   * @param match that {@code t} has the key of {@code f}
   * @param counterpart that it also belongs to this relation
   * @param part where a row of canonical holds more than what comes from here
   */
  private record Missing(
      String legacy,
      String canonical,
      String copied,
      String match,
      String counterpart,
      Optional<Part> part) {}

  /**
   * @param key a column that is never null
   * @param differs that {@code t} does not hold what comes from {@code f}
   */
  private record Part(String key, String differs) {}

  public String countMissing() {
    Direction up = plan.up();
    return MISSING.render(
        new Missing(
            plan.legacyView(),
            plan.canonicalView(),
            up.has("f"),
            up.match("t", "f"),
            counterpart(),
            up.part()
                ? Optional.of(
                    new Part(Identifiers.quote(plan.canonical().identity().getFirst()), differs()))
                : Optional.empty()));
  }

  /**
   * @param ours that {@code t} belongs to this relation
   */
  private record Taken(String legacy, String canonical, String match, String copied, String ours) {}

  /**
   * Counts rows whose key another relation has brought already; empty where none can have. They
   * never get a counterpart.
   */
  public Optional<String> countTaken() {
    Direction up = plan.up();
    return up.shares()
        ? Optional.of(
            TAKEN.render(
                new Taken(
                    plan.legacyView(),
                    plan.canonicalView(),
                    up.match("t", "f"),
                    up.has("f"),
                    Direction.holds(up.otherRows(), "t"))))
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

  /**
   * @param mapped column of legacy whose key is mapped
   * @param pair call that makes the pair of {@code f}'s
   */
  private record Pairs(String legacy, String mapped, String range, String pair) {}

  /** The statements that make the pairs of keys which a batch needs; same parameters as it. */
  public List<String> pairs(String range) {
    return plan.ups().stream()
        .map(Derived::source)
        .filter(source -> source.map().isPresent())
        .map(
            source ->
                PAIR_KEYS.render(
                    new Pairs(
                        legacy.sql(),
                        Identifiers.quote(source.inputs().getFirst()),
                        range,
                        source.pair("f"))))
        .toList();
  }

  /**
   * @param range condition over {@code f}
   * @param order columns of {@code f}
   * @param overtaken whether {@code t} may come to be there meanwhile
   * @param columns of canonical, and what they get from {@code f}
   * @param key of canonical
   */
  private record Batch(
      String legacy,
      String canonical,
      String range,
      String copied,
      String counterpart,
      String order,
      boolean skipLocked,
      boolean overtaken,
      List<Value> columns,
      boolean alwaysIdentity,
      List<String> key) {}

  private record BatchOfPart(
      String legacy,
      String canonical,
      String match,
      String range,
      String copied,
      String differs,
      String order,
      boolean skipLocked,
      List<Value> columns) {}

  private record Value(String name, String value) {
    static List<Value> of(Stream<Derived> columns) {
      return columns.map(d -> new Value(d.quoted(), d.over("f"))).toList();
    }
  }

  /**
   * One batch.
   *
   * @param range condition over {@code f}
   * @param there the same over {@code t}: without it PostgreSQL looks each row up by itself, in
   *     every partition of canonical
   * @param order columns of {@code f}
   */
  public String batch(
      String range, Optional<String> there, String order, BackfillSql.Manner manner) {
    Direction up = plan.up();
    String near = there.map(condition -> " AND " + condition).orElse("");
    return up.part()
        ? BATCH_OF_PART.render(
            new BatchOfPart(
                legacy.sql(),
                plan.canonicalView(),
                up.match("t", "f"),
                range + near,
                up.has("f"),
                differs(),
                order,
                manner.skipLocked(),
                Value.of(carried())))
        : BATCH.render(
            new Batch(
                legacy.sql(),
                plan.canonicalView(),
                range,
                up.has("f"),
                counterpart() + near,
                order,
                manner.skipLocked(),
                manner.overtaken(),
                Value.of(up.sets().stream()),
                up.to().alwaysIdentity(),
                up.to().key().stream().map(Identifiers::quote).toList()));
  }

  private String counterpart() {
    return plan.up().match("t", "f") + plan.up().alsoOurs("t");
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
