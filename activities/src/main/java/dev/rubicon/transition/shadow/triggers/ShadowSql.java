package dev.rubicon.transition.shadow.triggers;

import dev.rubicon.expression.CompiledExpression;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.SqlTemplate;
import dev.rubicon.runbook.PartOf;
import dev.rubicon.transition.shadow.Direction;
import dev.rubicon.transition.shadow.ShadowPlan;
import dev.rubicon.transition.shadow.SharedPlans;
import dev.rubicon.transition.shadow.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The SQL that installs, opens and removes a shadow; a golden file holds it, and tests run it. */
public final class ShadowSql {
  /**
   * Sorts before users' triggers and before those of foreign keys: what a row event means is known
   * before any other trigger acts on it.
   */
  private static final String ROWS = "!rubicon_rows";

  private static final String ANY_WRITE = "INSERT OR UPDATE OR DELETE";
  private static final String DELETES = "!rubicon_deletes";
  private static final String BEGINS = "!rubicon_begins";
  private static final String ENDS = "!rubicon_ends";
  private static final String POSTPONES = "!rubicon_postpones";
  private static final String CLOSED = "!rubicon_closed";
  private static final SqlTemplate NEXT_NUMBER =
      SqlTemplate.of("transition/shadow/sql/next_number.sql.ftl");

  private ShadowSql() {}

  /** Views and functions: before any lock. */
  public static List<String> functions(SharedPlans family) {
    ShadowPlan plan = family.plan();
    var sql = new ArrayList<String>();
    sql.add(view(plan.legacyView(), plan.legacy()));
    sql.add(view(plan.canonicalView(), plan.canonical()));
    plan.expressions().map(e -> e.createSql(false)).forEach(sql::add);
    for (Direction way : List.of(plan.up(), plan.down())) {
      sql.addAll(LettingGo.functions(family, way));
    }
    sql.add(SyncSql.open(family, plan.up()));
    sql.add(ClosedCanonical.function(family, SyncSql.name(plan, plan.down())));
    sql.add(Truncation.function(family, plan.up()));
    sql.add(ClosedCanonical.function(family, ClosedCanonical.name(plan)));
    sql.add(ClosedCanonical.function(family, Truncation.name(plan, plan.down())));
    for (Direction way : List.of(plan.up(), plan.down())) {
      if (plan.checks().wait(way)) {
        sql.add(PostponedChecks.function(plan, way));
      }
      if (way.from().partitioned()) {
        sql.add(Moves.carrying(family, way));
        sql.add("REVOKE EXECUTE ON FUNCTION " + Moves.carry(plan, way) + "(integer) FROM PUBLIC");
        sql.add(Moves.statement(plan, way));
      }
    }
    plan.numbering()
        .ifPresent(
            n -> {
              sql.add(numbers(plan, n));
              // The owner's default privileges may say otherwise; clients of canonical run it.
              sql.add("GRANT EXECUTE ON FUNCTION " + nextNumber(plan) + "() TO PUBLIC");
            });
    return List.copyOf(sql);
  }

  private static String view(String name, Side side) {
    return "CREATE VIEW "
        + name
        + " AS SELECT "
        + side.quotedColumns("")
        + " FROM "
        + side.name().sql();
  }

  /** Clients of canonical need no right on legacy's sequence. */
  private static String numbers(ShadowPlan plan, ShadowPlan.Numbering numbering) {
    return NEXT_NUMBER.render(new NextNumber(nextNumber(plan), numbering.legacySequence()));
  }

  private record NextNumber(String function, long sequence) {}

  private static String nextNumber(ShadowPlan plan) {
    return "rubicon." + Identifiers.quote(plan.id() + "_next_number");
  }

  /** Triggers, and where canonical's numbers come from; run with both tables locked. */
  public static List<String> triggers(SharedPlans family) {
    ShadowPlan plan = family.plan();
    var sql = new ArrayList<String>();
    plan.numbering()
        .ifPresent(
            n -> {
              String column =
                  "ALTER TABLE "
                      + plan.canonical().name().sql()
                      + " ALTER COLUMN "
                      + Identifiers.quote(n.column());
              if (!n.identity().isEmpty()) {
                sql.add(column + " DROP IDENTITY");
              }
              sql.add(column + " SET DEFAULT " + nextNumber(plan) + "()");
            });
    plan.asleep().forEach(t -> sql.add(t.disable(plan.canonical().name().sql())));
    add(sql, family, plan.up());
    add(sql, family, plan.down());
    ShadowTrigger closed = ClosedCanonical.trigger(plan, named(CLOSED, plan));
    sql.add(closed.create());
    sql.add(closed.always());
    return List.copyOf(sql);
  }

  private static void add(List<String> sql, SharedPlans family, Direction way) {
    ShadowPlan plan = family.plan();
    String table = way.from().name().sql();
    String function = SyncSql.name(plan, way);
    var triggers = new ArrayList<ShadowTrigger>();
    triggers.add(
        ShadowTrigger.row(
            named(ROWS, plan),
            "AFTER INSERT OR UPDATE",
            table,
            unguarded(family, way, "NEW", false),
            function));
    triggers.add(
        ShadowTrigger.row(
            named(DELETES, plan),
            "AFTER DELETE",
            table,
            unguarded(family, way, "OLD", true),
            function));
    if (way.from().partitioned()) {
      String moves = Moves.name(plan, way);
      triggers.add(
          ShadowTrigger.statement(named(BEGINS, plan), "BEFORE " + ANY_WRITE, table, moves));
      triggers.add(ShadowTrigger.statement(named(ENDS, plan), "AFTER " + ANY_WRITE, table, moves));
    }
    if (plan.checks().wait(way)) {
      triggers.add(
          ShadowTrigger.statement(
                  named(POSTPONES, plan),
                  "BEFORE " + ANY_WRITE + " OR TRUNCATE",
                  table,
                  PostponedChecks.name(plan, way))
              .when(nobodyWrites(family)));
    }
    triggers.forEach(trigger -> sql.add(trigger.create()));
    triggers.forEach(trigger -> sql.add(trigger.always()));
    sql.addAll(Truncation.triggers(plan, way));
  }

  private static String named(String trigger, ShadowPlan plan) {
    // A part is deleted before the row that a foreign key ties it to: this sorts before the others.
    boolean part = trigger.equals(DELETES) && plan.partOf() != PartOf.NEITHER;
    return Identifiers.quote((part ? "!rubicon_deleted_part" : trigger) + plan.suffix());
  }

  /** Empty unless the engine itself is writing: then a client's statement is under way already. */
  static String guard(ShadowPlan plan) {
    return "coalesce(pg_catalog.current_setting('" + plan.guard() + "', true), '')";
  }

  /** Nor what a foreign key of the other side carries on from what the engine writes there. */
  private static String nobodyWrites(SharedPlans family) {
    return family.all().stream()
        .map(plan -> "pg_catalog.texteq(%s, '')".formatted(guard(plan)))
        .distinct()
        .collect(Collectors.joining(" AND "));
  }

  /** True unless the engine itself is writing this very row, or is copying. */
  private static String unguarded(SharedPlans family, Direction way, String row, boolean moved) {
    ShadowPlan plan = family.plan();
    String key =
        "pg_catalog.textcat('" + way.other() + ":', " + Direction.own(way.from(), row) + ")";
    var not = new ArrayList<String>();
    not.add(isNot(plan.guard(), "'copy'"));
    not.add(isNot(plan.guard(), key));
    family.sharing(way).forEach(s -> not.add(isNot(s.guard(), "'copy'")));
    if (moved) {
      not.add(isNot(plan.guardBefore(), key));
    }
    return String.join(" AND ", not);
  }

  /** No operator of anybody's: the condition is read with the runbook's search path. */
  private static String isNot(String setting, String value) {
    return "pg_catalog.textne(coalesce(pg_catalog.current_setting('"
        + setting
        + "', true), ''), "
        + value
        + ")";
  }

  /** How many triggers a shadow has. */
  public static int count(ShadowPlan plan) {
    return 7
        + (plan.legacy().partitioned() ? 2 : 0)
        + (plan.canonical().partitioned() ? 2 : 0)
        + (plan.checks().onCanonical() ? 1 : 0)
        + (plan.checks().onLegacy() ? 1 : 0);
  }

  /** From now on canonical takes clients. */
  public static List<String> open(SharedPlans family) {
    ShadowPlan plan = family.plan();
    return List.of(
        ClosedCanonical.opened(family, ClosedCanonical.name(plan)),
        SyncSql.open(family, plan.down()),
        Truncation.function(family, plan.down()));
  }

  /** Triggers first, so that no client meets a half state; all in one transaction. */
  public static List<String> dropTriggers(ShadowPlan plan, List<String> tables) {
    var sql = new ArrayList<String>();
    for (String table : tables) {
      for (String trigger : List.of(ROWS, DELETES, BEGINS, ENDS, POSTPONES, CLOSED)) {
        sql.add("DROP TRIGGER IF EXISTS " + named(trigger, plan) + " ON " + table);
      }
    }
    sql.add(Truncation.drop(plan));
    return sql;
  }

  /** Functions and views; the triggers that use them are gone. */
  public static List<String> dropFunctions(ShadowPlan plan) {
    var sql = new ArrayList<String>();
    for (Direction way : List.of(plan.up(), plan.down())) {
      sql.add("DROP FUNCTION IF EXISTS " + SyncSql.name(plan, way) + "()");
      sql.add("DROP FUNCTION IF EXISTS " + Truncation.name(plan, way) + "()");
      sql.addAll(LettingGo.drop(plan, way));
      sql.add("DROP FUNCTION IF EXISTS " + PostponedChecks.name(plan, way) + "()");
      sql.add("DROP FUNCTION IF EXISTS " + Moves.name(plan, way) + "()");
      sql.add("DROP FUNCTION IF EXISTS " + Moves.carry(plan, way) + "(integer)");
    }
    sql.add("DROP FUNCTION IF EXISTS " + ClosedCanonical.name(plan) + "()");
    plan.numbering().ifPresent(n -> sql.add("DROP FUNCTION IF EXISTS " + nextNumber(plan) + "()"));
    plan.expressions()
        .map(CompiledExpression::function)
        .distinct()
        .forEach(f -> sql.add("DROP FUNCTION IF EXISTS rubicon." + Identifiers.quote(f)));
    sql.add("DROP VIEW IF EXISTS " + plan.legacyView());
    sql.add("DROP VIEW IF EXISTS " + plan.canonicalView());
    return sql;
  }

  /**
   * Canonical's own numbering again; its sequence goes on from where legacy's stands.
   *
   * @param canonical its name by now
   * @param from legacy's sequence by its name by now; empty where somebody has dropped it
   */
  static List<String> ownNumbers(ShadowPlan plan, String canonical, Optional<String> from) {
    var sql = new ArrayList<String>();
    plan.numbering()
        .ifPresent(
            n -> {
              String quoted = Identifiers.quote(n.column());
              String column = "ALTER TABLE " + canonical + " ALTER COLUMN " + quoted;
              sql.add(column + " DROP DEFAULT");
              if (!n.identity().isEmpty()) {
                sql.add(
                    column
                        + " ADD GENERATED "
                        + n.identity()
                        + " AS IDENTITY"
                        + n.options(canonical.equals(plan.to().sql()))
                            .map(options -> " (" + options + ")")
                            .orElse(""));
                String own =
                    "pg_catalog.pg_get_serial_sequence("
                        + Identifiers.literal(canonical)
                        + ", "
                        + Identifiers.literal(n.column())
                        + ")";
                sql.add(position(own, from, quoted, canonical));
              } else {
                n.canonicalDefault().ifPresent(d -> sql.add(column + " SET DEFAULT " + d));
                n.canonicalSequence()
                    .ifPresent(
                        s -> sql.add(position(Identifiers.literal(s), from, quoted, canonical)));
              }
            });
    return sql;
  }

  private static String position(
      String sequence, Optional<String> from, String column, String canonical) {
    String set = "SELECT pg_catalog.setval(" + sequence + "::pg_catalog.regclass, ";
    return from.map(other -> set + "last_value, is_called) FROM " + other)
        .orElse(
            set + "max(%1$s), true) FROM %2$s HAVING max(%1$s) > 0".formatted(column, canonical));
  }
}
