package dev.rubicon.transition.inplace.triggers;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.SqlTemplate;
import dev.rubicon.transition.inplace.Group;
import dev.rubicon.transition.inplace.InPlacePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One trigger of an in-place transition. PostgreSQL fires them in byte order of their names.
 *
 * @param event with BEFORE or AFTER
 * @param statement whether it fires once for each statement, not for each row; partitions do not
 *     inherit such triggers
 * @param when its condition, if it has one
 * @param call the function, with its arguments
 */
record SyncTrigger(
    String name, String event, boolean statement, Optional<String> when, String call) {
  private static final SqlTemplate TEMPLATE =
      SqlTemplate.of("transition/inplace/sql/trigger.sql.ftl");

  /** In the order in which they are created. */
  static List<SyncTrigger> of(InPlacePlan plan) {
    var triggers = new ArrayList<SyncTrigger>();
    String flags = Identifiers.literal(plan.omittedSetting());
    String settings =
        Stream.of(plan.omittedSetting(), plan.outerSetting(), plan.movingSetting())
            .map(Identifiers::literal)
            .collect(Collectors.joining(", ", "(", ")"));
    triggers.add(
        new SyncTrigger(
            "!rubicon_0_begin_insert",
            "BEFORE INSERT",
            true,
            Optional.empty(),
            "rubicon.save_flags" + settings));
    triggers.add(
        new SyncTrigger(
            "!rubicon_0_begin_update",
            "BEFORE UPDATE",
            true,
            Optional.of(isUp(flags)),
            "rubicon.save_flags" + settings));
    if (plan.capturesEarly()) {
      triggers.add(
          new SyncTrigger(
              InPlaceSql.EARLY_TRIGGER,
              "BEFORE INSERT OR UPDATE",
              false,
              Optional.empty(),
              "rubicon." + Identifiers.quote(plan.givenFunction()) + "()"));
    }
    triggers.add(
        new SyncTrigger(
            "~rubicon_0_copied",
            "BEFORE UPDATE OF " + InPlacePlan.MARKER,
            false,
            Optional.of("OLD._rubicon IS NULL AND NEW._rubicon OPERATOR(pg_catalog.>) 0"),
            "rubicon.ignore_copied_marker()"));
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
            "BEFORE INSERT OR UPDATE",
            false,
            Optional.empty(),
            "rubicon." + Identifiers.quote(plan.syncFunction()) + "()"));
    triggers.add(
        new SyncTrigger(
            "~rubicon_3_end_insert",
            "AFTER INSERT",
            true,
            Optional.empty(),
            "rubicon.restore_flags" + settings));
    triggers.add(
        new SyncTrigger(
            "~rubicon_3_end_update",
            "AFTER UPDATE",
            true,
            Optional.of(isUp(Identifiers.literal(plan.outerSetting()))),
            "rubicon.restore_flags" + settings));
    return List.copyOf(triggers);
  }

  private static String isUp(String setting) {
    return "pg_catalog.textne(pg_catalog.current_setting(" + setting + ", true), '')";
  }

  private static SyncTrigger named(String which, List<String> columns, long bit) {
    return new SyncTrigger(
        "~rubicon_1_named_" + which,
        columns.stream()
            .map(Identifiers::quote)
            .collect(Collectors.joining(", ", "BEFORE UPDATE OF ", "")),
        false,
        Optional.of("OLD._rubicon IS NULL"),
        "rubicon.note_named('" + bit + "')");
  }

  /** Creates it so that a session in replica role (a restore, an apply worker) fires it, too. */
  List<String> createSql(String table) {
    return List.of(
        TEMPLATE.render(new Slots(Identifiers.quote(name), event, table, statement, when, call)),
        // ONLY: PostgreSQL before 14.5 looks for a statement's trigger on the partitions, too.
        "ALTER TABLE "
            + (statement ? "ONLY " : "")
            + table
            + " ENABLE ALWAYS TRIGGER "
            + Identifiers.quote(name));
  }

  private record Slots(
      String name,
      String event,
      String table,
      boolean statement,
      Optional<String> when,
      String call) {}
}
