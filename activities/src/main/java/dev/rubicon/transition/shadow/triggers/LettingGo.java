package dev.rubicon.transition.shadow.triggers;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.SqlTemplate;
import dev.rubicon.transition.shadow.Direction;
import dev.rubicon.transition.shadow.ShadowPlan;
import dev.rubicon.transition.shadow.SharedPlans;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The function that a row trigger calls before it deletes a counterpart, or changes its key: {@code
 * sql/let_go.sql.ftl}. Which foreign keys there are is asked then, because canonical gets its own
 * with the verification.
 */
final class LettingGo {
  private static final SqlTemplate LET_GO = SqlTemplate.of("transition/shadow/sql/let_go.sql.ftl");

  private LettingGo() {}

  /**
   * @param target view of the other side
   * @param oid of the other side
   */
  private record Slots(
      String function, String target, long oid, String way, List<Child> children) {}

  /**
   * A relation of the other side that may point there, or be the same.
   *
   * @param source view of its rows on this side
   * @param isCounterpart that {@code t} and {@code f} are one row, as a literal
   * @param key of the counterpart, as a literal
   */
  private record Child(
      String source,
      String target,
      long oid,
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

  static String name(ShadowPlan plan, Direction way) {
    return "rubicon." + Identifiers.quote(plan.id() + "_let_go_" + way.word());
  }

  static String function(SharedPlans family, Direction way) {
    List<ShadowPlan> plans =
        family.all().stream().filter(p -> !columns(like(p, way)).isEmpty()).toList();
    return LET_GO.render(
        new Slots(
            name(family.plan(), way),
            way.toView(),
            way.to().oid(),
            way.word(),
            plans.stream().map(p -> child(p, way)).toList()));
  }

  private static Direction like(ShadowPlan plan, Direction way) {
    return way.toCanonical() ? plan.up() : plan.down();
  }

  private static Child child(ShadowPlan plan, Direction like) {
    Direction way = like(plan, like);
    Direction back = way.toCanonical() ? plan.down() : plan.up();
    return new Child(
        way.fromView(),
        way.toView(),
        way.to().oid(),
        plan.guard(),
        Identifiers.literal(back.match("f", "t") + " AND " + way.has("f") + way.alsoOurs("t")),
        Identifiers.literal(way.key("f")),
        columns(way));
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
