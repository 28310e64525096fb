package dev.rubicon.transition.inplace;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.SqlTemplate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One trigger of an in-place transition. PostgreSQL fires them in byte order of their names.
 *
 * @param event that it fires before
 * @param unfilledOnly whether it fires only for rows that are not filled yet
 * @param call the function, with its arguments
 */
record SyncTrigger(String name, String event, boolean unfilledOnly, String call) {
  private static final SqlTemplate TEMPLATE =
      SqlTemplate.of("transition/inplace/sql/trigger.sql.ftl");

  /** In the order in which they are created. */
  static List<SyncTrigger> of(InPlacePlan plan) {
    var triggers = new ArrayList<SyncTrigger>();
    if (plan.capturesEarly()) {
      triggers.add(
          new SyncTrigger(
              InPlaceSql.EARLY_TRIGGER,
              "INSERT",
              false,
              "rubicon.captured(" + Identifiers.literal(plan.omittedSetting()) + ")"));
    }
    for (Group group : plan.groups()) {
      for (Group.Canonical column : group.canonical()) {
        triggers.add(
            named("canonical_" + column.bit(), List.of(column.name()), plan.namedBit(column)));
      }
      triggers.add(
          named(
              "legacy_" + group.index(),
              group.legacy().stream().map(Group.Legacy::name).toList(),
              plan.namedLegacyBit(group)));
    }
    triggers.add(
        new SyncTrigger(
            InPlaceSql.SYNC_TRIGGER,
            "INSERT OR UPDATE",
            false,
            "rubicon." + Identifiers.quote(plan.syncFunction()) + "()"));
    return List.copyOf(triggers);
  }

  private static SyncTrigger named(String which, List<String> columns, long bit) {
    return new SyncTrigger(
        "~rubicon_1_named_" + which,
        columns.stream()
            .map(Identifiers::quote)
            .collect(Collectors.joining(", ", "UPDATE OF ", "")),
        true,
        "rubicon.named('" + bit + "')");
  }

  /** Creates it so that a session in replica role (a restore, an apply worker) fires it, too. */
  List<String> createSql(String table) {
    return List.of(
        TEMPLATE.render(new Slots(Identifiers.quote(name), event, table, unfilledOnly, call)),
        "ALTER TABLE " + table + " ENABLE ALWAYS TRIGGER " + Identifiers.quote(name));
  }

  private record Slots(
      String name, String event, String table, boolean unfilledOnly, String call) {}
}
