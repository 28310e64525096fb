package dev.rubicon.shadow;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.Runbook;
import java.util.List;

/**
 * The exchange of names, there and back; inside the caller's transaction, which holds the locks.
 */
public final class ShadowCrossing {
  private ShadowCrossing() {}

  /** Both relations, by their names now. */
  public static List<RelationName> relations(PgSession session, ShadowPlan plan) {
    return List.of(
        ShadowNames.of(session, plan.legacy()), ShadowNames.of(session, plan.canonical()));
  }

  /** What must be locked for the exchange; nothing where no name changes. */
  public static List<RelationName> locks(PgSession session, ShadowPlan plan) {
    boolean renamed = plan.leadsCanonical() && !plan.canonical().name().equals(plan.to());
    if (moves(plan)) {
      return renamed ? relations(session, plan) : List.of(ShadowNames.of(session, plan.legacy()));
    }
    return renamed ? List.of(ShadowNames.of(session, plan.canonical())) : List.of();
  }

  /** Whether the legacy relation's name changes hands, by this plan. */
  private static boolean moves(ShadowPlan plan) {
    return plan.leadsLegacy() && plan.legacyName() != Runbook.LegacyName.KEEP;
  }

  /**
   * A client's statement locks its own relation first and the other one through the trigger: who
   * has the second and waits for the first would wait for us as we for him. So the second is waited
   * for only for a moment, and which comes first changes with every attempt: the one with the many
   * clients must, because who waits behind us then holds nothing that we need.
   *
   * <p>Where legacy's name is a view, its clients are held at the view, before they have anything.
   * {@code LOCK TABLE} of a view would reach to the table below it; its DROP, which is due anyway,
   * does not.
   */
  public static void lock(
      PgSession session, ShadowPlan plan, List<RelationName> relations, int attempt) {
    if (relations.isEmpty()) {
      return;
    }
    String step = session.value("SHOW lock_timeout");
    boolean veiled =
        moves(plan)
            && plan.legacyName() == Runbook.LegacyName.VIEW
            && ShadowNames.of(session, plan.legacy()).equals(plan.hidden());
    if (veiled) {
      session.execute("DROP VIEW " + plan.legacy().name().sql());
    }
    for (RelationName relation : veiled || attempt % 2 == 1 ? relations.reversed() : relations) {
      session.execute("LOCK TABLE " + relation.sql() + " IN ACCESS EXCLUSIVE MODE");
      session.execute("SET LOCAL lock_timeout = '20ms'");
    }
    session.execute("SET LOCAL lock_timeout = '" + step + "'");
  }

  public static void there(PgSession session, ShadowPlan plan) {
    Partitions.remember(session, plan);
    var sequences = new SharedSequences(session);
    List<String> released = sequences.release(plan.legacy(), plan.canonical());
    if (moves(plan)) {
      move(session, plan.legacy().name(), plan.hidden());
    }
    if (moves(plan) && plan.legacyName() == Runbook.LegacyName.VIEW) {
      String view = plan.legacy().name().sql();
      session.execute(
          "CREATE VIEW "
              + view
              + " AS SELECT "
              + plan.legacy().quotedColumns("")
              + " FROM "
              + plan.hidden().sql());
      Grants.copy(session, plan.legacy().oid(), "VIEW", view);
    }
    if (plan.leadsCanonical()) {
      move(session, plan.canonical().name(), plan.to());
    }
    sequences.own(released, plan.to());
  }

  /** After {@link #lock}, which has dropped the view. */
  public static void back(PgSession session, ShadowPlan plan) {
    var sequences = new SharedSequences(session);
    List<String> released = sequences.release(plan.canonical(), plan.legacy());
    if (plan.leadsCanonical()) {
      move(session, plan.to(), plan.canonical().name());
    }
    if (moves(plan)) {
      move(session, plan.hidden(), plan.legacy().name());
    }
    sequences.own(released, plan.legacy().name());
  }

  private static void move(PgSession session, RelationName from, RelationName to) {
    RelationName now = from;
    if (!now.name().equals(to.name())) {
      session.execute("ALTER TABLE " + now.sql() + " RENAME TO " + Identifiers.quote(to.name()));
      now = new RelationName(now.schema(), to.name());
    }
    if (!now.schema().equals(to.schema())) {
      session.execute("ALTER TABLE " + now.sql() + " SET SCHEMA " + Identifiers.quote(to.schema()));
    }
  }
}
