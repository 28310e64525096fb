package dev.rubicon.preflight;

import dev.rubicon.postgres.PgSession;
import java.util.List;

/**
 * Takes the target's memory (schema {@code rubicon}) to a copy of its schema: what was installed
 * there, on the copy's relations of the same names.
 */
final class MemoryCopy {
  private MemoryCopy() {}

  private record Row(String json, String relations) {}

  static void take(PgSession target, PgSession copy) {
    copy.update(
        "INSERT INTO rubicon.state SELECT (jsonb_populate_record(NULL::rubicon.state,"
            + " ?::jsonb)).*",
        target.value("SELECT to_jsonb(s) FROM rubicon.state s"));
    List<Row> transitions =
        target.query(
            """
            SELECT to_jsonb(t), to_jsonb(ARRAY(
                     SELECT format('%I.%I', n.nspname, c.relname)
                       FROM unnest(t.relations) WITH ORDINALITY AS r (id, n)
                       JOIN pg_class c ON c.oid = r.id JOIN pg_namespace n ON n.oid = c.relnamespace
                      ORDER BY r.n))
              FROM rubicon.transition t
            """,
            row -> new Row(row.getString(1), row.getString(2)));
    for (Row transition : transitions) {
      copy.update(
          """
          INSERT INTO rubicon.transition
          SELECT (jsonb_populate_record(NULL::rubicon.transition, t.row || jsonb_build_object('relations', ARRAY(
                   SELECT to_regclass(name)::oid::bigint FROM jsonb_array_elements_text(?::jsonb) AS name)))).*
            FROM (SELECT ?::jsonb) AS t (row)
          """,
          transition.relations(),
          transition.json());
    }
  }
}
