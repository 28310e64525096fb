package dev.rubicon.transition.shadow.triggers;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.SqlTemplate;
import dev.rubicon.transition.shadow.Direction;
import dev.rubicon.transition.shadow.ShadowPlan;
import dev.rubicon.transition.shadow.SharedPlans;

/**
 * An UPDATE that changes a row's partition and its key at once: PostgreSQL fires row triggers for a
 * DELETE and an INSERT with nothing in common. Statement triggers show that they belong to an
 * UPDATE, so the DELETE waits for its INSERT, and is carried out if another event comes first, or
 * at the statement's end. Otherwise the other side would lose columns that only it has, and the
 * row's children.
 *
 * <p>A MERGE has all its actions' statement triggers. Where it updates and deletes, any DELETE may
 * be a move, and waiting costs it nothing; where it updates and inserts, only a move deletes. Where
 * it does all three, a move looks like a DELETE with an INSERT after it: no DELETE waits.
 *
 * @param statements setting that lists the statements that are under way
 * @param waitingDelete what the settings begin with that hold a DELETE for each depth
 * @param carryOut the function that carries it out
 */
record Moves(String statements, String waitingDelete, String carryOut) {
  private static final SqlTemplate CARRY_OUT =
      SqlTemplate.of("transition/shadow/sql/carry_out_delete.sql.ftl");
  private static final SqlTemplate STATEMENT =
      SqlTemplate.of("transition/shadow/sql/statement.sql.ftl");

  static Moves of(ShadowPlan plan, Direction way) {
    String name = plan.id() + "_" + way.word();
    return new Moves(
        "rubicon.statements_" + name, "rubicon.waiting_delete_" + name, carry(plan, way));
  }

  static String name(ShadowPlan plan, Direction way) {
    return "rubicon." + Identifiers.quote(plan.id() + "_statement_" + way.word());
  }

  /** Carries out what waits. */
  static String carry(ShadowPlan plan, Direction way) {
    return "rubicon." + Identifiers.quote(plan.id() + "_carry_out_delete_" + way.word());
  }

  static String carrying(SharedPlans family, Direction way) {
    return CARRY_OUT.render(RowTrigger.of(family, way, carry(family.plan(), way)));
  }

  private record Statement(
      String function, Home home, String statements, String waitingDelete, String carryOut) {}

  static String statement(ShadowPlan plan, Direction way) {
    Moves moves = of(plan, way);
    return STATEMENT.render(
        new Statement(
            name(plan, way),
            Home.of(way.from()),
            moves.statements,
            moves.waitingDelete,
            moves.carryOut));
  }
}
