package dev.rubicon.transition.shadow.swap;

import dev.rubicon.locks.Step;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.transition.shadow.ShadowPlan;
import java.util.List;
import java.util.stream.Stream;

/**
 * A table takes its indexes and the sequences of its identity columns along into schema {@code
 * rubicon}, where another's, or one of the engine's own, may have the name.
 */
record HiddenNames(PgSession session, ShadowPlan plan) {
  private static final String ALONG =
      """
      SELECT c.oid::bigint, c.relname, c.relkind = 'S', coalesce(h.name, '')
      FROM pg_catalog.pg_class c
      LEFT JOIN rubicon.hidden_name h ON h.object = c.oid
      WHERE c.oid IN (
          SELECT i.indexrelid FROM pg_catalog.pg_index i WHERE i.indrelid = ?::bigint::oid
          UNION ALL
          SELECT d.objid FROM pg_catalog.pg_depend d
          WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
            AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
            AND d.refobjid = ?::bigint::oid AND d.deptype = 'i')
        AND c.relkind IN ('i', 'I', 'S')
        AND (h.object IS NOT NULL) = ?
        AND (h.object IS NOT NULL OR EXISTS (
          SELECT FROM pg_catalog.pg_class o
          WHERE o.relnamespace = 'rubicon'::pg_catalog.regnamespace AND o.relname = c.relname))
      ORDER BY c.relname
      """;

  /**
   * @param before what it was called before it was hidden; empty while it is not
   */
  private record Object(long oid, String name, boolean sequence, String before) {}

  /** Before the table goes there. */
  List<Step> give(String id) {
    return along(false)
        .flatMap(
            object ->
                Stream.of(
                    Step.of(
                        id,
                        "INSERT INTO rubicon.hidden_name (object, name) VALUES (%d, %s)"
                            .formatted(object.oid(), Identifiers.literal(object.name()))),
                    rename(
                        id,
                        object,
                        Identifiers.fitting(plan.hidden().name() + "_" + object.name()))))
        .toList();
  }

  /** Behind its way back. */
  List<Step> giveBack(String id) {
    return along(true)
        .flatMap(
            object ->
                Stream.of(
                    rename(id, object, object.before()),
                    Step.of(id, "DELETE FROM rubicon.hidden_name WHERE object = " + object.oid())))
        .toList();
  }

  private Step rename(String id, Object object, String to) {
    RelationName now = new RelationName(plan.legacy().name().schema(), object.name());
    return Step.of(
        id,
        "ALTER %s %s RENAME TO %s"
            .formatted(object.sequence() ? "SEQUENCE" : "INDEX", now.sql(), Identifiers.quote(to)),
        Step.Lock.exclusive(plan.legacy().name()));
  }

  private Stream<Object> along(boolean hidden) {
    return session
        .query(
            ALONG,
            row ->
                new Object(row.getLong(1), row.getString(2), row.getBoolean(3), row.getString(4)),
            plan.legacy().oid(),
            plan.legacy().oid(),
            hidden)
        .stream();
  }
}
