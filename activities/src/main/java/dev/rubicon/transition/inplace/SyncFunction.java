package dev.rubicon.transition.inplace;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.SqlTemplate;
import java.util.List;
import java.util.Optional;

/**
 * The slots of {@code sync.sql.ftl}: the trigger function that keeps both sides of one relation in
 * step. Names are quoted, settings and the relation are literals.
 *
 * @param canonicalBits "not named" bits of all canonical columns
 * @param markerBits bits of the marker that stay in the row
 * @param canonicalRules whether canonical is the authority
 * @param lateDefaults columns that legacy knows nothing of, with a volatile default
 */
record SyncFunction(
    String function,
    String relation,
    String omittedSetting,
    String notedSetting,
    long canonicalBits,
    long markerBits,
    boolean canonicalRules,
    List<SyncGroup> groups,
    List<LateDefault> lateDefaults) {
  private static final SqlTemplate TEMPLATE = SqlTemplate.of("transition/inplace/sql/sync.sql.ftl");

  record LateDefault(String name, String value) {}

  /** The whole {@code CREATE OR REPLACE FUNCTION} statement. */
  static String sql(InPlacePlan plan, Authority authority) {
    return TEMPLATE.render(
        new SyncFunction(
            Identifiers.quote(plan.syncFunction()),
            Identifiers.literal(plan.relation().toString()),
            Identifiers.literal(plan.omittedSetting()),
            Identifiers.literal(plan.notedSetting()),
            plan.canonicalColumns().mapToLong(InPlacePlan::omittedBit).sum(),
            plan.persistentMask(),
            authority == Authority.CANONICAL,
            plan.groups().stream().map(group -> SyncGroup.of(plan, group)).toList(),
            plan.added().stream().map(SyncFunction::late).flatMap(Optional::stream).toList()));
  }

  private static Optional<LateDefault> late(InPlacePlan.Added column) {
    return column
        .late()
        .map(late -> new LateDefault(Identifiers.quote(column.name()), late.call("NEW")));
  }
}
