package dev.rubicon.transition.inplace.triggers;

import dev.rubicon.expression.CompiledExpression;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.SqlTemplate;
import dev.rubicon.table.KeyColumn;
import dev.rubicon.transition.inplace.Authority;
import dev.rubicon.transition.inplace.InPlacePlan;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The slots of {@code sync.sql.ftl}: the trigger function that keeps both sides of one relation in
 * step. Names are quoted, settings and the relation are literals.
 *
 * @param markerFlag of an INSERT that does not name the marker: no whole row
 * @param canonicalBits "not named" bits of all canonical columns
 * @param movingRow key and marker of a row that an UPDATE may move to another partition
 * @param capturesEarly whether {@code given.sql.ftl} notes what the client's statement gives
 * @param markerBits bits of the marker that stay in the row
 * @param canonicalRules whether canonical is the authority
 * @param lateDefaults columns that legacy knows nothing of, with a volatile default
 * @param loneDefaults all of these with a default
 */
record SyncFunction(
    String function,
    String relation,
    String omittedSetting,
    String outerSetting,
    long markerFlag,
    String notedSetting,
    String movingSetting,
    String movingRow,
    boolean partitioned,
    boolean capturesEarly,
    long canonicalBits,
    long markerBits,
    boolean canonicalRules,
    List<SyncGroup> groups,
    List<Nullable> nullable,
    List<LoneDefault> lateDefaults,
    List<LoneDefault> loneDefaults) {
  private static final SqlTemplate TEMPLATE = SqlTemplate.of("transition/inplace/sql/sync.sql.ftl");

  record LoneDefault(String name, String value) {}

  /**
   * @param bit set where the column is not given
   */
  record Nullable(String name, long bit) {}

  /** The whole {@code CREATE OR REPLACE FUNCTION} statement. */
  static String sql(InPlacePlan plan, Authority authority) {
    return TEMPLATE.render(
        new SyncFunction(
            Identifiers.quote(plan.syncFunction()),
            Identifiers.literal(plan.relation().toString()),
            Identifiers.literal(plan.omittedSetting()),
            Identifiers.literal(plan.outerSetting()),
            InPlacePlan.MARKER_FLAG,
            Identifiers.literal(plan.notedSetting()),
            Identifiers.literal(plan.movingSetting()),
            movingRow(plan),
            plan.partitioned(),
            plan.capturesEarly(),
            plan.canonicalColumns().mapToLong(InPlacePlan::omittedBit).sum(),
            plan.persistentMask(),
            authority == Authority.CANONICAL,
            plan.groups().stream().map(group -> SyncGroup.of(plan, group)).toList(),
            nullable(plan),
            lone(plan, InPlacePlan.Added::late),
            loneDefaults(plan)));
  }

  /** Names a row on its way to another partition: no two have the same key. */
  static String movingRow(InPlacePlan plan) {
    return Stream.concat(plan.key().stream().map(KeyColumn::name), Stream.of(InPlacePlan.MARKER))
        .map(name -> "NEW." + Identifiers.quote(name))
        .collect(Collectors.joining(", ", "ROW(", ")::pg_catalog.text"));
  }

  private static List<Nullable> nullable(InPlacePlan plan) {
    return Stream.concat(
            plan.canonicalColumns()
                .map(c -> new Nullable(Identifiers.quote(c.name()), InPlacePlan.omittedBit(c))),
            plan.legacyColumns()
                .filter(l -> l.omitBit() >= 0)
                .map(l -> new Nullable(Identifiers.quote(l.name()), InPlacePlan.omittedBit(l))))
        .toList();
  }

  static List<LoneDefault> loneDefaults(InPlacePlan plan) {
    return lone(plan, InPlacePlan.Added::effectiveDefault);
  }

  private static List<LoneDefault> lone(
      InPlacePlan plan, Function<InPlacePlan.Added, Optional<CompiledExpression>> which) {
    return plan.added().stream()
        .flatMap(
            column ->
                which.apply(column).stream()
                    .map(d -> new LoneDefault(Identifiers.quote(column.name()), d.call("NEW"))))
        .toList();
  }
}
