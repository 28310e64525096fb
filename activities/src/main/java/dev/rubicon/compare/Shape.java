package dev.rubicon.compare;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A relation as its catalog describes it.
 *
 * @param kind as in {@code pg_class.relkind}
 * @param keys unique over columns that are never NULL, the primary key first
 */
record Shape(long oid, String kind, Map<String, Type> columns, List<List<String>> keys) {

  /**
   * @param shown as SQL writes it
   * @param base name of the type that values have, domains resolved; empty where it is not one of
   *     PostgreSQL's own
   */
  record Type(String shown, String base) {}

  static Shape of(PgSession session, Question.Side side) {
    return session
        .first(
            """
            SELECT c.oid::bigint, c.relkind::text
            FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
            """,
            row -> new Shape(row.getLong(1), row.getString(2), Map.of(), List.of()),
            side.relation().schema(),
            side.relation().name())
        .map(
            shape ->
                new Shape(
                    shape.oid(),
                    shape.kind(),
                    columns(session, shape.oid()),
                    keys(session, shape.oid())))
        .orElseThrow(
            () ->
                new RubiconException(
                    ErrorCode.RELATION_UNKNOWN,
                    "'" + side.target().name() + "' has no relation " + side.relation(),
                    "write TARGET:schema.name as SQL would read it, e.g. "
                        + side.target().name()
                        + ":public.users"));
  }

  /** A type by the name that SQL has for it; names of users' types need their schema. */
  static Optional<Type> type(PgSession session, String name) {
    return session.first(
        "SELECT format_type(t.oid, NULL), " + BASE + " FROM pg_type t WHERE t.oid = to_regtype(?)",
        row -> new Type(row.getString(1), row.getString(2)),
        name);
  }

  private static final String BASE =
      """
      (WITH RECURSIVE b AS (
         SELECT t.oid, t.typtype, t.typbasetype, t.typname, t.typnamespace
         UNION ALL
         SELECT u.oid, u.typtype, u.typbasetype, u.typname, u.typnamespace
         FROM b JOIN pg_type u ON u.oid = b.typbasetype WHERE b.typtype = 'd')
       SELECT CASE WHEN typnamespace = 'pg_catalog'::regnamespace THEN typname::text ELSE '' END
       FROM b WHERE typtype <> 'd')
      """;

  private static Map<String, Type> columns(PgSession session, long oid) {
    var columns = new LinkedHashMap<String, Type>();
    session.query(
        "SELECT a.attname, format_type(a.atttypid, a.atttypmod), "
            + BASE
            + """
            FROM pg_attribute a
            JOIN pg_type t ON t.oid = a.atttypid
            WHERE a.attrelid = ?::bigint::oid AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attnum
            """,
        row -> columns.put(row.getString(1), new Type(row.getString(2), row.getString(3))) == null,
        oid);
    return columns;
  }

  private static List<List<String>> keys(PgSession session, long oid) {
    return session.query(
        """
        SELECT array_agg(a.attname::text ORDER BY k.n)
        FROM pg_index i
        CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY k (attnum, n)
        LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
        WHERE i.indrelid = ?::bigint::oid AND i.indisunique AND i.indisvalid
          AND i.indpred IS NULL AND k.n <= i.indnkeyatts
        GROUP BY i.indexrelid, i.indisprimary
        HAVING bool_and(coalesce(a.attnum > 0 AND a.attnotnull, false))
        ORDER BY i.indisprimary DESC, count(*), i.indexrelid
        """,
        row -> {
          var names = new ArrayList<String>();
          for (Object name : (Object[]) row.getArray(1).getArray()) {
            names.add(String.valueOf(name));
          }
          return List.copyOf(names);
        },
        oid);
  }
}
