package dev.rubicon.transition.shadow.triggers;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.SqlTemplate;
import dev.rubicon.runbook.PartOf;
import dev.rubicon.transition.shadow.Direction;
import dev.rubicon.transition.shadow.ShadowPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * TRUNCATE of a relation, which has no row events, and of a single partition, which does not fire
 * the triggers of the relation that it belongs to. The relation is followed when it is empty; a
 * partition before, while its rows can still be read.
 */
final class Truncation {
  private static final SqlTemplate TRUNCATE =
      SqlTemplate.of("transition/shadow/sql/truncate.sql.ftl");
  private static final String AFTER = "!rubicon_truncates";
  private static final String BEFORE = "!rubicon_truncating";

  private Truncation() {}

  static String name(ShadowPlan plan, Direction way) {
    return "rubicon." + Identifiers.quote(plan.id() + "_truncate_" + way.word());
  }

  /** A part is emptied before the row that a foreign key ties it to: its triggers sort before. */
  private static String after(ShadowPlan plan) {
    boolean part = plan.partOf() != PartOf.NEITHER;
    return Identifiers.quote((part ? "!rubicon_truncated_part" : AFTER) + plan.suffix());
  }

  private static String before(ShadowPlan plan) {
    boolean part = plan.partOf() != PartOf.NEITHER;
    return Identifiers.quote((part ? "!rubicon_truncate_part" : BEFORE) + plan.suffix());
  }

  /**
   * The triggers of one side; a session in replica role (a restore, an apply worker) truncates too.
   */
  static List<String> triggers(ShadowPlan plan, Direction way) {
    String table = way.from().name().sql();
    var sql = new ArrayList<String>();
    sql.add(create(after(plan), "AFTER", table, name(plan, way)));
    sql.add("ALTER TABLE " + table + " ENABLE ALWAYS TRIGGER " + after(plan));
    if (way.from().partitioned()) {
      sql.add(
          """
          DO $rubicon$
          DECLARE
            one pg_catalog.regclass;
          BEGIN
            FOR one IN SELECT p.relid FROM pg_catalog.pg_partition_tree(%s) p
                       JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) p.relid
                         AND c.relkind OPERATOR(pg_catalog.<>) 'f'::pg_catalog."char" LOOP
              EXECUTE pg_catalog.format(%s, one);
              EXECUTE pg_catalog.format(%s, one);
            END LOOP;
          END
          $rubicon$\
          """
              .formatted(
                  Identifiers.literal(table),
                  Identifiers.literal(create(before(plan), "BEFORE", "%s", name(plan, way))),
                  Identifiers.literal("ALTER TABLE %s ENABLE ALWAYS TRIGGER " + before(plan))));
    }
    return sql;
  }

  /** Of a partition that came later. */
  static List<String> ofPartition(ShadowPlan plan, Direction way, String partition) {
    return List.of(
        create(before(plan), "BEFORE", partition, name(plan, way)),
        "ALTER TABLE " + partition + " ENABLE ALWAYS TRIGGER " + before(plan));
  }

  private static String create(String trigger, String when, String table, String function) {
    return """
    CREATE TRIGGER %s %s TRUNCATE ON %s
      FOR EACH STATEMENT EXECUTE FUNCTION %s()\
    """
        .formatted(trigger, when, table, function);
  }

  /** Wherever they are by now: a partition may have been detached. */
  static String drop(ShadowPlan plan) {
    return """
    DO $rubicon$
    DECLARE
      one pg_catalog.pg_trigger;
    BEGIN
      FOR one IN SELECT t.* FROM pg_catalog.pg_trigger t
                 WHERE t.tgfoid OPERATOR(pg_catalog.=) ANY (ARRAY[
                   pg_catalog.to_regproc(%s)::pg_catalog.oid, pg_catalog.to_regproc(%s)::pg_catalog.oid]) LOOP
        EXECUTE pg_catalog.format('DROP TRIGGER %%I ON %%s', one.tgname, one.tgrelid::pg_catalog.regclass);
      END LOOP;
    END
    $rubicon$\
    """
        .formatted(
            Identifiers.literal(name(plan, plan.up())),
            Identifiers.literal(name(plan, plan.down())));
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
      Optional<OfPartitions> partitions) {}

  /**
   * @param truncatingAll setting that says that the whole relation is being truncated
   * @param removal a format of the statement that takes away the counterparts of one partition
   */
  private record OfPartitions(long rootOid, String truncatingAll, String removal) {}

  static String function(ShadowPlan plan, Direction way) {
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
            way.from().partitioned()
                ? Optional.of(
                    new OfPartitions(
                        way.from().oid(),
                        "rubicon.truncating_" + plan.id(),
                        Identifiers.literal(
                            counterparts(way).replace("%", "%%").replace("%%s", "%s"))))
                : Optional.empty()));
  }

  /** Of the rows of {@code %s}. */
  private static String counterparts(Direction way) {
    String which = way.match("t", "f") + " AND " + way.has("f");
    return way.part()
        ? "UPDATE %s AS t SET %s FROM %%s f WHERE %s"
            .formatted(way.toView(), ColumnSubset.cleared(way), which)
        : "DELETE FROM %s t USING %%s f WHERE %s".formatted(way.toView(), which);
  }
}
