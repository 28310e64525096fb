package dev.rubicon.transition.shadow.triggers;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.SqlTemplate;
import dev.rubicon.runbook.PartOf;
import dev.rubicon.transition.shadow.Direction;
import dev.rubicon.transition.shadow.ShadowPlan;
import dev.rubicon.transition.shadow.SharedPlans;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * TRUNCATE of a relation, which has no row events, and of a single partition, which does not fire
 * the triggers of the relation that it belongs to. The relation is followed when it is empty; a
 * partition before, while its rows can still be read.
 */
final class Truncation {
  private static final SqlTemplate TRUNCATE =
      SqlTemplate.of("transition/shadow/sql/truncate.sql.ftl");
  private static final SqlTemplate OF_ALL_PARTITIONS =
      SqlTemplate.of("transition/shadow/sql/truncate_triggers_of_partitions.sql.ftl");
  private static final SqlTemplate COUNTERPARTS =
      SqlTemplate.of("transition/shadow/sql/truncate_counterparts.sql.ftl");
  private static final SqlTemplate DROP =
      SqlTemplate.of("transition/shadow/sql/drop_truncate_triggers.sql.ftl");
  private static final String AFTER = "!rubicon_truncates";
  private static final String BEFORE = "!rubicon_truncating";

  private Truncation() {}

  static String name(ShadowPlan plan, Direction way) {
    return "rubicon." + Identifiers.quote(plan.id() + "_truncate_" + way.word());
  }

  /** A part is emptied before the row that a foreign key ties it to: its triggers sort before. */
  private static ShadowTrigger after(ShadowPlan plan, Direction way) {
    String name = plan.partOf() == PartOf.NEITHER ? AFTER : "!rubicon_truncated_part";
    return ShadowTrigger.statement(
        Identifiers.quote(name + plan.suffix()),
        "AFTER TRUNCATE",
        way.from().name().sql(),
        name(plan, way));
  }

  private static ShadowTrigger before(ShadowPlan plan, Direction way, String table) {
    String name = plan.partOf() == PartOf.NEITHER ? BEFORE : "!rubicon_truncate_part";
    return ShadowTrigger.statement(
        Identifiers.quote(name + plan.suffix()), "BEFORE TRUNCATE", table, name(plan, way));
  }

  /**
   * @param create a format, whose {@code %s} is the name of a partition; so is {@code always}
   */
  private record OfAllPartitions(String table, String create, String always) {}

  /** The triggers of one side. */
  static List<String> triggers(ShadowPlan plan, Direction way) {
    var sql = new ArrayList<>(List.of(after(plan, way).create(), after(plan, way).always()));
    if (way.from().partitioned()) {
      ShadowTrigger each = before(plan, way, "%s");
      sql.add(
          OF_ALL_PARTITIONS.render(
              new OfAllPartitions(
                  Identifiers.literal(way.from().name().sql()),
                  Identifiers.literal(each.create()),
                  Identifiers.literal(each.always()))));
    }
    return sql;
  }

  /** Of a partition that came later. */
  static List<String> ofPartition(ShadowPlan plan, Direction way, String partition) {
    ShadowTrigger trigger = before(plan, way, partition);
    return List.of(trigger.create(), trigger.always());
  }

  private record Drop(String up, String down) {}

  static String drop(ShadowPlan plan) {
    return DROP.render(
        new Drop(
            Identifiers.literal(name(plan, plan.up())),
            Identifiers.literal(name(plan, plan.down()))));
  }

  /**
   * @param ours that a row {@code t} of the other side belongs to this relation
   * @param cleared where the other side's rows are larger, what they are without their parts
   * @param shared whether the other side has other relations' rows, too
   */
  private record Truncate(
      String function,
      Home home,
      String guardKey,
      String target,
      long targetOid,
      boolean targetPartitioned,
      String ours,
      Optional<String> cleared,
      boolean shared,
      List<Together> together,
      Optional<OfPartitions> partitions) {}

  /**
   * A transition whose other side may be truncated in one statement with this one's.
   *
   * @param source view of this side
   * @param oid of the other side
   */
  private record Together(String source, long oid, String guardKey) {
    static List<Together> of(SharedPlans family, Direction way) {
      return family.all().stream()
          .map(p -> Map.entry(p, way.toCanonical() ? p.up() : p.down()))
          .filter(p -> !p.getValue().part() && p.getValue().otherRows().isEmpty())
          .map(
              p ->
                  new Together(
                      p.getValue().fromView(), p.getValue().to().oid(), p.getKey().guard()))
          .toList();
    }
  }

  /**
   * @param truncatingAll setting that says that the whole relation is being truncated
   * @param removal a format of the statement that takes away the counterparts of one partition
   */
  private record OfPartitions(long rootOid, String truncatingAll, String removal) {}

  static String function(SharedPlans family, Direction way) {
    ShadowPlan plan = family.plan();
    return TRUNCATE.render(
        new Truncate(
            name(plan, way),
            Home.of(way.from()),
            plan.guard(),
            way.toView(),
            way.to().oid(),
            way.to().partitioned(),
            Direction.holds(way.otherRows(), "t"),
            way.part() ? Optional.of(ColumnSubset.cleared(way)) : Optional.empty(),
            way.otherRows().isPresent(),
            Together.of(family, way),
            way.from().partitioned()
                ? Optional.of(
                    new OfPartitions(
                        way.from().oid(),
                        "rubicon.truncating_" + plan.id(),
                        Identifiers.literal(counterparts(way))))
                : Optional.empty()));
  }

  /**
   * @param partition {@code %s}, for {@code format}; what else has a percent sign has two of them
   */
  private record Counterparts(
      String target, String partition, String match, String copied, Optional<String> cleared) {}

  private static String counterparts(Direction way) {
    return COUNTERPARTS.render(
        new Counterparts(
            format(way.toView()),
            "%s",
            format(way.match("t", "f")),
            format(way.has("f")),
            way.part() ? Optional.of(format(ColumnSubset.cleared(way))) : Optional.empty()));
  }

  private static String format(String sql) {
    return sql.replace("%", "%%");
  }
}
