package dev.rubicon.shadow;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.runbook.Runbook;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * TRUNCATE of a relation, which has no row events, and of a single partition, which does not fire
 * the triggers of the relation that it belongs to. The relation is followed when it is empty; a
 * partition before, while its rows can still be read.
 */
final class Truncation {
  private static final String AFTER = "!rubicon_truncates";
  private static final String BEFORE = "!rubicon_truncating";

  private Truncation() {}

  static String name(ShadowPlan plan, Direction way) {
    return "rubicon." + Identifiers.quote(plan.id() + "_truncate_" + way.word());
  }

  /** A part is emptied before the row that a foreign key ties it to: its triggers sort before. */
  private static String after(ShadowPlan plan) {
    boolean part = plan.partOf() != Runbook.PartOf.NEITHER;
    return Identifiers.quote((part ? "!rubicon_truncated_part" : AFTER) + plan.suffix());
  }

  private static String before(ShadowPlan plan) {
    boolean part = plan.partOf() != Runbook.PartOf.NEITHER;
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
                       JOIN pg_catalog.pg_class c ON c.oid = p.relid AND c.relkind <> 'f' LOOP
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
                 WHERE t.tgfoid IN (pg_catalog.to_regproc(%s), pg_catalog.to_regproc(%s)) LOOP
        EXECUTE pg_catalog.format('DROP TRIGGER %%I ON %%s', one.tgname, one.tgrelid::pg_catalog.regclass);
      END LOOP;
    END
    $rubicon$\
    """
        .formatted(
            Identifiers.literal(name(plan, plan.up())),
            Identifiers.literal(name(plan, plan.down())));
  }

  static String function(ShadowPlan plan, Direction way) {
    String g = Identifiers.literal(plan.guard());
    return """
    CREATE OR REPLACE FUNCTION %s() RETURNS trigger
      LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
    DECLARE
      was pg_catalog.text := coalesce(pg_catalog.current_setting(%s, true), '');
    BEGIN
      IF pg_catalog.texteq(was, 'copy') THEN
        RETURN NULL;
      END IF;
    %s  IF %s THEN
        RETURN NULL;
      END IF;
      PERFORM pg_catalog.set_config(%s, 'copy', true);
    %s  PERFORM pg_catalog.set_config(%s, was, true);
      RETURN NULL;
    END
    $rubicon$\
    """
        .formatted(
            name(plan, way),
            g,
            way.from().partitioned() ? partition(plan, way, g).indent(2) : "",
            empty(way),
            g,
            emptied(way).indent(2),
            g);
  }

  /**
   * Whether the other side has no storage left: CASCADE has truncated it with this one, and until
   * that statement is through it may not be truncated again. No snapshot stands between.
   */
  private static String empty(Direction way) {
    long oid = way.to().oid();
    return way.to().partitioned()
        ? """
        NOT EXISTS (SELECT FROM pg_catalog.pg_partition_tree(%d::pg_catalog.oid::pg_catalog.regclass) p
                      JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) p.relid
                      WHERE c.relkind OPERATOR(pg_catalog.=) 'f'::pg_catalog."char" OR %s)\
        """
            .formatted(oid, stored("p.relid"))
        : "NOT " + stored(oid + "::pg_catalog.oid::pg_catalog.regclass");
  }

  private static String stored(String relation) {
    return "(pg_catalog.pg_relation_size(%s) OPERATOR(pg_catalog.>) 0)".formatted(relation);
  }

  /**
   * Before: of the whole relation, which fires first, it is only noted, so that its partitions are
   * not emptied row by row; of a single partition, its rows' counterparts go.
   */
  private static String partition(ShadowPlan plan, Direction way, String guard) {
    String whole = Identifiers.literal("rubicon.t_" + plan.id());
    return """
    IF TG_WHEN OPERATOR(pg_catalog.=) 'BEFORE' THEN
      IF TG_RELID OPERATOR(pg_catalog.=) %d::pg_catalog.oid THEN
        PERFORM pg_catalog.set_config(%s, 'yes', true);
      ELSIF pg_catalog.textne(coalesce(pg_catalog.current_setting(%s, true), ''), 'yes') THEN
    %s    PERFORM pg_catalog.set_config(%s, 'copy', true);
        EXECUTE pg_catalog.format(%s, TG_RELID::pg_catalog.regclass);
        PERFORM pg_catalog.set_config(%s, was, true);
      END IF;
      RETURN NULL;
    END IF;
    PERFORM pg_catalog.set_config(%s, '', true);
    """
        .formatted(
            way.from().oid(),
            whole,
            whole,
            inSight().indent(4),
            guard,
            Identifiers.literal(counterparts(way).replace("%", "%%").replace("%%s", "%s")),
            guard,
            whole);
  }

  /** Of the rows of {@code %s}. */
  private static String counterparts(Direction way) {
    String which = way.match("t", "f") + " AND " + way.has("f");
    return way.part()
        ? "UPDATE %s AS t SET %s FROM %%s f WHERE %s".formatted(way.toView(), cleared(way), which)
        : "DELETE FROM %s t USING %%s f WHERE %s".formatted(way.toView(), which);
  }

  private static String cleared(Direction way) {
    return way.cleared().stream()
        .map(ShadowPlan.Cleared::assignment)
        .collect(Collectors.joining(", "));
  }

  /**
   * Without the rows, or the parts of rows, that came from the emptied relation. By OID, because
   * names change hands at the cutover. Where a foreign key points at the other side it cannot be
   * truncated alone, so it is emptied.
   */
  private static String emptied(Direction way) {
    String mine = Direction.holds(way.otherRows(), "t");
    if (way.part()) {
      return inSight()
          + "UPDATE %s AS t SET %s WHERE %s;\n".formatted(way.toView(), cleared(way), mine);
    }
    if (way.otherRows().isPresent()) {
      return inSight() + "DELETE FROM %s t WHERE %s;\n".formatted(way.toView(), mine);
    }
    return """
    IF EXISTS (SELECT FROM pg_catalog.pg_constraint c
               WHERE c.contype OPERATOR(pg_catalog.=) 'f'::pg_catalog."char"
                 AND c.confrelid OPERATOR(pg_catalog.=) %d::pg_catalog.oid
                 AND c.conrelid OPERATOR(pg_catalog.<>) c.confrelid) THEN
    %s  DELETE FROM %s;
    ELSE
      EXECUTE pg_catalog.format('TRUNCATE %%s', %d::pg_catalog.oid::pg_catalog.regclass);
    END IF;
    """
        .formatted(way.to().oid(), inSight().indent(2), way.toView(), way.to().oid());
  }

  /**
   * TRUNCATE takes rows that came since the transaction's snapshot, too. Their counterparts could
   * be truncated, but not deleted: the snapshot does not show them, and they would stay.
   */
  private static String inSight() {
    return """
    IF pg_catalog.current_setting('transaction_isolation')
         OPERATOR(pg_catalog.=) ANY (ARRAY['repeatable read', 'serializable']) THEN
      RAISE EXCEPTION 'rubicon: TRUNCATE of %% cannot be followed in a %% transaction', TG_TABLE_NAME,
          pg_catalog.current_setting('transaction_isolation')
        USING ERRCODE = 'feature_not_supported',
              HINT = 'truncate in READ COMMITTED: rows that are younger than the snapshot are out of sight';
    END IF;
    """
        .replace("%%", "%");
  }
}
