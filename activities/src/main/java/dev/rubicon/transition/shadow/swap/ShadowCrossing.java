package dev.rubicon.transition.shadow.swap;

import dev.rubicon.locks.Step;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.table.RowSecurity;
import dev.rubicon.transition.shadow.Grants;
import dev.rubicon.transition.shadow.PartGrants;
import dev.rubicon.transition.shadow.ShadowNames;
import dev.rubicon.transition.shadow.ShadowPlan;
import dev.rubicon.transition.shadow.Side;
import java.util.ArrayList;
import java.util.List;

/** The exchange of names, there and back. */
public final class ShadowCrossing {
  private static final String HIDDEN = "rubicon";

  private ShadowCrossing() {}

  /** Both relations, by their names now. */
  public static List<RelationName> relations(PgSession session, ShadowPlan plan) {
    return List.of(
        ShadowNames.of(session, plan.legacy()), ShadowNames.of(session, plan.canonical()));
  }

  /** What must be locked for the exchange; nothing where no name changes. */
  public static List<RelationName> lockedAtCutover(PgSession session, ShadowPlan plan) {
    boolean renamed = plan.leadsCanonical() && !plan.canonical().name().equals(plan.to());
    if (moves(plan)) {
      return renamed ? relations(session, plan) : List.of(ShadowNames.of(session, plan.legacy()));
    }
    return renamed ? List.of(ShadowNames.of(session, plan.canonical())) : List.of();
  }

  /** Whether the legacy relation's name changes hands, by this plan. */
  private static boolean moves(ShadowPlan plan) {
    return plan.leadsLegacy() && plan.legacyName() != LegacyName.KEEP;
  }

  /**
   * A client's statement locks its own relation first and the other one through the trigger. If the
   * engine held the second and waited for the first, client and engine would deadlock. So the
   * engine waits for its second lock only for a moment, and which relation it locks first changes
   * with every attempt: it must be the one with the many clients, because those that then queue for
   * it hold nothing that the engine needs.
   *
   * <p>Where legacy's name is a view, its clients are held at the view, before they have anything.
   * {@code LOCK TABLE} of a view would reach to the table below it; its DROP, which is due anyway,
   * does not.
   */
  public static List<Step> lock(
      PgSession session, ShadowPlan plan, List<RelationName> relations, int attempt) {
    if (relations.isEmpty()) {
      return List.of();
    }
    String id = "lock " + plan.key();
    String timeout = session.value("SHOW lock_timeout");
    boolean veiled =
        moves(plan)
            && plan.legacyName() == LegacyName.VIEW
            && ShadowNames.find(session, plan.legacy().oid())
                .filter(plan.hidden()::equals)
                .isPresent();
    var steps = new ArrayList<Step>();
    RelationName view = plan.legacy().name();
    Step drop = Step.of(id, "DROP VIEW " + view.sql(), Step.Lock.exclusive(view));
    var kept = KeptSequences.of(session, plan);
    // A view that owns sequences cannot be dropped yet: clients that hold them may wait for it.
    boolean held = veiled && kept.any();
    if (held) {
      steps.add(Step.of(id, nothing(plan, view), Step.Lock.exclusive(view)));
    } else if (veiled) {
      steps.add(drop);
    }
    for (RelationName relation : veiled || attempt % 2 == 1 ? relations.reversed() : relations) {
      steps.add(Step.lock(id, relation, Step.Mode.ACCESS_EXCLUSIVE));
      steps.add(Step.of(id, "SET LOCAL lock_timeout = '20ms'"));
    }
    steps.add(Step.of(id, "SET LOCAL lock_timeout = '" + timeout + "'"));
    if (held) {
      kept.release().forEach(sql -> steps.add(Step.of(id, sql)));
      steps.add(drop);
    }
    return steps;
  }

  /** Changes nothing, and locks the view without the table below it. */
  private static String nothing(ShadowPlan plan, RelationName view) {
    return "ALTER VIEW "
        + view.sql()
        + " ALTER COLUMN "
        + Identifiers.quote(plan.legacy().columns().getFirst().name())
        + " DROP DEFAULT";
  }

  /** Object id of the view that has legacy's name, where there is one. */
  public static List<Long> view(PgSession session, ShadowPlan plan) {
    if (!moves(plan) || plan.legacyName() != LegacyName.VIEW) {
      return List.of();
    }
    RelationName name = plan.legacy().name();
    return session.query(
        """
        SELECT c.oid::pg_catalog.int8 FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'v' AND n.nspname = ? AND c.relname = ?
        """,
        row -> row.getLong(1),
        name.schema(),
        name.name());
  }

  public static List<Step> there(PgSession session, ShadowPlan plan) {
    String id = "cross " + plan.key();
    new RowSecurity(session)
        .refuseLost(
            plan.legacy().name().toString(),
            plan.legacy().oid(),
            plan.to().toString(),
            plan.canonical().oid());
    var kept = KeptSequences.of(session, plan);
    var sequences = SharedSequences.of(session, plan.legacy(), plan.canonical(), kept);
    var steps = new ArrayList<Step>();
    sequences.release().forEach(sql -> steps.add(Step.of(id, sql)));
    kept.release().forEach(sql -> steps.add(Step.of(id, sql)));
    if (moves(plan)) {
      steps.addAll(new HiddenNames(session, plan).give(id));
      steps.addAll(move(id, plan.legacy().name(), plan.hidden()));
    }
    if (moves(plan) && plan.legacyName() == LegacyName.VIEW) {
      createView(session, plan).forEach(sql -> steps.add(Step.of(id, sql)));
    }
    if (plan.leadsCanonical()) {
      steps.addAll(move(id, plan.canonical().name(), plan.to()));
      plan.renamed().stream()
          .filter(r -> r.isCalled(session, r.before(), plan.canonical().oid()))
          .forEach(r -> steps.add(r.there(id, plan.to())));
    }
    sequences.own(plan.to()).forEach(sql -> steps.add(Step.of(id, sql)));
    kept.give().forEach(sql -> steps.add(Step.of(id, sql)));
    return steps;
  }

  /** Under legacy's name, with its owner, its grants and, of its rows, what its reader may see. */
  private static List<String> createView(PgSession session, ShadowPlan plan) {
    RelationName view = plan.legacy().name();
    long legacy = plan.legacy().oid();
    var rows = new RowSecurity(session);
    rows.refuseView(view.toString(), legacy);
    var sql = new ArrayList<String>();
    sql.add(
        "CREATE VIEW "
            + view.sql()
            + rows.viewOptions(legacy)
            + " AS SELECT "
            + plan.legacy().quotedColumns("")
            + " FROM "
            + plan.hidden().sql());
    sql.addAll(defaults(session, plan, view));
    sql.addAll(rows.withoutDefaults(view.sql(), view.schema()));
    sql.addAll(Grants.of(session, legacy, "VIEW", view));
    sql.addAll(PartGrants.columns(session, plan.legacy(), view));
    return sql;
  }

  /**
   * PostgreSQL takes {@code SET column = DEFAULT} for NULL where the view itself has none. A column
   * that somebody has added meanwhile is not in the view.
   */
  private static List<String> defaults(PgSession session, ShadowPlan plan, RelationName view) {
    return session.query(
        """
        SELECT pg_catalog.format('ALTER VIEW %s ALTER COLUMN %I SET DEFAULT %s',
          ?::text, a.attname, pg_catalog.pg_get_expr(d.adbin, d.adrelid))
        FROM pg_catalog.pg_attribute a
        JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = ?::bigint::oid AND a.attgenerated = '' AND a.attname = ANY (?::text[])
        ORDER BY a.attnum
        """,
        row -> row.getString(1),
        view.sql(),
        plan.legacy().oid(),
        plan.legacy().columns().stream().map(Side.Column::name).toArray(String[]::new));
  }

  /** After {@link #lock}, which has dropped the view. */
  public static List<Step> back(PgSession session, ShadowPlan plan) {
    String id = "back " + plan.key();
    var kept = KeptSequences.of(session, plan);
    var sequences = SharedSequences.of(session, plan.canonical(), plan.legacy(), kept);
    var steps = new ArrayList<Step>();
    sequences.release().forEach(sql -> steps.add(Step.of(id, sql)));
    kept.release().forEach(sql -> steps.add(Step.of(id, sql)));
    if (plan.leadsCanonical()) {
      plan.renamed().stream()
          .filter(r -> r.isCalled(session, r.after(), plan.canonical().oid()))
          .forEach(r -> steps.add(r.back(id, plan.to())));
      steps.addAll(move(id, plan.to(), plan.canonical().name()));
    }
    if (moves(plan)) {
      steps.addAll(move(id, plan.hidden(), plan.legacy().name()));
      steps.addAll(new HiddenNames(session, plan).giveBack(id));
    }
    sequences.own(plan.legacy().name()).forEach(sql -> steps.add(Step.of(id, sql)));
    kept.giveBack(plan.legacy().name()).forEach(sql -> steps.add(Step.of(id, sql)));
    kept.giveCanonicalsBack(plan.canonical().name()).forEach(sql -> steps.add(Step.of(id, sql)));
    return steps;
  }

  /** In schema {@code rubicon} it never has its own name: the engine may have one like it there. */
  private static List<Step> move(String id, RelationName from, RelationName to) {
    var between =
        from.schema().equals(HIDDEN)
            ? new RelationName(to.schema(), from.name())
            : new RelationName(from.schema(), to.name());
    var steps = new ArrayList<Step>();
    for (List<RelationName> leg : List.of(List.of(from, between), List.of(between, to))) {
      RelationName now = leg.getFirst();
      RelationName next = leg.getLast();
      if (!now.name().equals(next.name())) {
        steps.add(alter(id, now, "RENAME TO " + Identifiers.quote(next.name())));
      }
      if (!now.schema().equals(next.schema())) {
        steps.add(alter(id, now, "SET SCHEMA " + Identifiers.quote(next.schema())));
      }
    }
    return steps;
  }

  private static Step alter(String id, RelationName relation, String what) {
    return Step.of(id, "ALTER TABLE " + relation.sql() + " " + what, Step.Lock.exclusive(relation));
  }
}
