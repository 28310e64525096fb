package dev.rubicon.transition.inplace.triggers;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.SqlTemplate;
import dev.rubicon.transition.inplace.InPlacePlan;
import java.util.List;
import java.util.stream.Stream;

/**
 * The slots of {@code given.sql.ftl}: the trigger function that notes what a client's statement
 * gives a row, before the owner's triggers change it.
 */
record GivenFunction(
    String function,
    String omittedSetting,
    String outerSetting,
    long markerFlag,
    String movingSetting,
    String movingRow,
    boolean partitioned,
    List<Column> columns,
    List<Column> legacy,
    List<SyncFunction.LoneDefault> loneDefaults) {
  private static final SqlTemplate TEMPLATE =
      SqlTemplate.of("transition/inplace/sql/given.sql.ftl");

  /**
   * @param omitted bit of an INSERT that gives it no value
   * @param changed bit of an UPDATE that changes it
   */
  record Column(String name, long omitted, long changed) {}

  /** The whole {@code CREATE OR REPLACE FUNCTION} statement. */
  static String sql(InPlacePlan plan) {
    Stream<Column> canonical =
        plan.canonicalColumns()
            .map(
                c ->
                    new Column(
                        Identifiers.quote(c.name()),
                        InPlacePlan.omittedBit(c),
                        plan.changedBit(c)));
    List<Column> legacy =
        plan.legacyColumns()
            .map(
                l ->
                    new Column(
                        Identifiers.quote(l.name()), InPlacePlan.omittedBit(l), plan.changedBit(l)))
            .toList();
    return TEMPLATE.render(
        new GivenFunction(
            Identifiers.quote(plan.givenFunction()),
            Identifiers.literal(plan.omittedSetting()),
            Identifiers.literal(plan.outerSetting()),
            InPlacePlan.MARKER_FLAG,
            Identifiers.literal(plan.movingSetting()),
            SyncFunction.movingRow(plan),
            plan.partitioned(),
            Stream.concat(canonical, legacy.stream()).toList(),
            legacy,
            SyncFunction.loneDefaults(plan)));
  }
}
