package dev.rubicon.preflight.finding;

import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SqlTemplate;
import dev.rubicon.runbook.Runbook;
import java.util.List;
import java.util.Optional;

/**
 * What a plain table has and the partitioned one that a migration creates for it has not. Nobody
 * compares the two otherwise: canonical says what shall be, and may have left it out by mistake.
 * What hangs on the table itself (triggers, policies, views, grants by column, publications) is
 * asked of the transition.
 */
public final class ConversionFindings {
  private static final SqlTemplate NOT_CARRIED =
      SqlTemplate.of("partition/sql/not_carried.sql.ftl");

  private ConversionFindings() {}

  private record Sides(long legacy, long canonical) {}

  /**
   * @param session where both sides are
   */
  public static List<Finding> of(PgSession session, Runbook.Transition transition) {
    return transition
        .shadow()
        .flatMap(shadow -> sides(session, transition.relation(), shadow.before()))
        .map(
            sides ->
                session.query(
                    NOT_CARRIED.render(sides),
                    row ->
                        finding(
                            RelationName.parse(transition.relation()),
                            row.getString(1),
                            row.getString(2),
                            row.getString(3),
                            Optional.ofNullable(row.getString(4)))))
        .orElse(List.of());
  }

  /** Only where a plain table becomes a partitioned one. */
  private static Optional<Sides> sides(PgSession session, String legacy, String canonical) {
    return session.first(
        """
        SELECT o.oid::bigint, n.oid::bigint FROM pg_class o, pg_class n
        WHERE o.oid = to_regclass(?) AND n.oid = to_regclass(?) AND o.relkind = 'r' AND n.relkind = 'p'
        """,
        row -> new Sides(row.getLong(1), row.getLong(2)),
        RelationName.parse(legacy).sql(),
        RelationName.parse(canonical).sql());
  }

  private static Finding finding(
      RelationName legacy, String kind, String name, String what, Optional<String> sql) {
    String of = name.isEmpty() ? legacy.toString() : legacy + "." + name;
    return new Finding(
        "note:not-carried:" + kind + ":" + of,
        Finding.Kind.NOTE,
        "the partitioned table has no " + kind.replace('-', ' ') + " like that of " + of,
        Optional.of(what),
        Optional.empty(),
        sql,
        Finding.Disposition.OPEN,
        sql.isPresent()
            ? ""
            : "over these columns alone a partitioned table cannot have one: key-tables can");
  }
}
