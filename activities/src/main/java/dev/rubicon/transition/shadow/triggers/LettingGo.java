package dev.rubicon.transition.shadow.triggers;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.SqlTemplate;
import dev.rubicon.transition.shadow.Direction;
import dev.rubicon.transition.shadow.ShadowPlan;
import dev.rubicon.transition.shadow.SharedPlans;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a row trigger calls before it deletes a counterpart, or changes its key: {@code
 * sql/let_go_of.sql.ftl}, which calls {@code sql/let_go.sql.ftl} of each transition whose relation
 * points there.
 */
final class LettingGo {
  private static final SqlTemplate LET_GO = SqlTemplate.of("transition/shadow/sql/let_go.sql.ftl");
  private static final SqlTemplate OF = SqlTemplate.of("transition/shadow/sql/let_go_of.sql.ftl");

  private LettingGo() {}

  /**
   * @param source view of this side
   * @param target view of the other side
   * @param oid of the other side
   * @param isCounterpart that {@code t} and {@code f} are one row, as a literal
   * @param key of the counterpart, as a literal
   */
  private record Slots(
      String function,
      String source,
      String target,
      long oid,
      boolean partitioned,
      String way,
      String guard,
      String isCounterpart,
      String key,
      List<Column> columns) {}

  /**
   * Literals.
   *
   * @param differs that this side says something else by now
   */
  private record Column(String name, String value, String differs) {}

  private record OfSlots(
      String function, String target, long oid, boolean partitioned, List<Pointing> pointing) {}

  /**
   * A relation of the other side that may point there.
   *
   * @param function of its transition, as a literal
   */
  private record Pointing(long oid, String function) {}

  /** The function that lets go of a row of the other side. */
  static String name(ShadowPlan plan, Direction way) {
    return "rubicon." + Identifiers.quote(plan.id() + "_let_go_of_" + way.word());
  }

  private static String own(ShadowPlan plan, Direction way) {
    return "rubicon." + Identifiers.quote(plan.id() + "_let_go_" + way.word());
  }

  /** CREATE FUNCTION, and who may not call it. */
  static List<String> functions(SharedPlans family, Direction way) {
    ShadowPlan plan = family.plan();
    var sql = new ArrayList<String>();
    if (lets(way)) {
      Direction back = way.toCanonical() ? plan.down() : plan.up();
      sql.add(
          LET_GO.render(
              new Slots(
                  own(plan, way),
                  way.fromView(),
                  way.toView(),
                  way.to().oid(),
                  way.to().partitioned(),
                  way.word(),
                  plan.guard(),
                  Identifiers.literal(
                      back.match("f", "t") + " AND " + way.has("f") + way.alsoOurs("t")),
                  Identifiers.literal(way.key("f")),
                  columns(way))));
      sql.add(closed(own(plan, way), "anyelement, pg_catalog.oid"));
    }
    sql.add(
        OF.render(
            new OfSlots(
                name(plan, way),
                way.toView(),
                way.to().oid(),
                way.to().partitioned(),
                pointing(family, way))));
    sql.add(closed(name(plan, way), way.toView()));
    return sql;
  }

  private static String closed(String function, String parameters) {
    return "REVOKE EXECUTE ON FUNCTION " + function + "(" + parameters + ") FROM PUBLIC";
  }

  static List<String> drop(ShadowPlan plan, Direction way) {
    return List.of(
        "DROP FUNCTION IF EXISTS " + name(plan, way), "DROP FUNCTION IF EXISTS " + own(plan, way));
  }

  private static List<Pointing> pointing(SharedPlans family, Direction way) {
    List<Pointing> pointing =
        family.all().stream()
            .filter(p -> lets(like(p, way)))
            .map(
                p -> {
                  Direction its = like(p, way);
                  return new Pointing(its.to().oid(), Identifiers.literal(own(p, its)));
                })
            .toList();
    // Where none can, the list may not be empty all the same; NULL is no function's name.
    return pointing.isEmpty() ? List.of(new Pointing(0, "NULL::pg_catalog.text")) : pointing;
  }

  private static Direction like(ShadowPlan plan, Direction way) {
    return way.toCanonical() ? plan.up() : plan.down();
  }

  private static boolean lets(Direction way) {
    return !columns(way).isEmpty();
  }

  private static List<Column> columns(Direction way) {
    if (way.part()) {
      return List.of();
    }
    return way.sets().stream()
        .filter(d -> !way.to().identity().contains(d.column()))
        .flatMap(
            d -> {
              // What leads back and does so to another value was changed: it is not that one side
              // forgets something.
              String differs =
                  way.back().stream()
                      .filter(b -> b.source().inputs().contains(d.column()))
                      .map(b -> SyncSql.differ(b.over("t"), "f." + b.quoted()))
                      .collect(Collectors.joining(" OR "));
              return differs.isEmpty()
                  ? Stream.<Column>empty()
                  : Stream.of(
                      new Column(
                          Identifiers.literal(d.column()),
                          Identifiers.literal(d.over("f")),
                          Identifiers.literal(differs)));
            })
        .toList();
  }
}
