package dev.rubicon.preflight.finding;

import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A table of the target, and how large what it holds may be.
 *
 * @param inline whether a large value may stand in the row itself
 * @param numbers of its columns, with those that were dropped
 * @param categories of its columns' types
 */
record SizedTable(
    RelationName name,
    long heap,
    long toast,
    boolean inline,
    int numbers,
    List<String> indexes,
    Map<String, String> categories) {
  /**
   * Sizes and numbers are gathered for all tables at once: a look for each goes through the whole
   * of pg_class and pg_attribute where the planner takes a partition tree for a thousand relations.
   */
  private static final String QUERY =
      """
      WITH tables AS MATERIALIZED (
        SELECT c.oid, c.relkind, n.nspname, c.relname
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY (?::text[])),
      parts AS MATERIALIZED (
        SELECT t.oid AS root, t.oid AS relation FROM tables t
        UNION
        SELECT t.oid, p.relid FROM tables t CROSS JOIN LATERAL pg_partition_tree(t.oid) p
        WHERE t.relkind = 'p'),
      columns AS MATERIALIZED (
        SELECT a.attrelid, max(a.attnum) AS numbers,
               bool_or(a.attlen = -1 AND a.attstorage IN ('p', 'm')
                       AND a.atttypid <> 'numeric'::regtype) AS inline,
               array_agg(a.attname::text ORDER BY a.attnum)
                 FILTER (WHERE a.attnum > 0 AND NOT a.attisdropped) AS names,
               array_agg(CASE WHEN y.typname = 'bytea' THEN 'bytea' WHEN a.attlen > 0 THEN 'fixed'
                              ELSE y.typcategory::text END ORDER BY a.attnum)
                 FILTER (WHERE a.attnum > 0 AND NOT a.attisdropped) AS categories
        FROM pg_attribute a LEFT JOIN pg_type y ON y.oid = a.atttypid
        WHERE a.attrelid IN (SELECT relation FROM parts)
        GROUP BY a.attrelid),
      sizes AS MATERIALIZED (
        SELECT p.root, sum(pg_relation_size(l.oid))::bigint AS heap,
               coalesce(sum(pg_relation_size(nullif(l.reltoastrelid, 0))), 0)::bigint AS toast,
               bool_or(k.inline OR l.reloptions::text LIKE '%toast_tuple_target%') AS inline,
               max(k.numbers) AS numbers
        FROM parts p JOIN pg_class l ON l.oid = p.relation JOIN columns k ON k.attrelid = l.oid
        GROUP BY p.root),
      indexes AS MATERIALIZED (
        SELECT i.indrelid, array_agg(x.relname::text) AS names
        FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
        WHERE i.indrelid IN (SELECT oid FROM tables)
        GROUP BY i.indrelid)
      SELECT t.nspname, t.relname, s.heap, s.toast, s.inline, s.numbers,
             coalesce(i.names, '{}'), coalesce(k.names, '{}'), coalesce(k.categories, '{}')
      FROM tables t
      JOIN sizes s ON s.root = t.oid
      LEFT JOIN columns k ON k.attrelid = t.oid
      LEFT JOIN indexes i ON i.indrelid = t.oid
      ORDER BY 1, 2
      """;

  static List<SizedTable> of(PgSession session, List<String> schemas) {
    return session.query(QUERY, SizedTable::read, (Object) schemas.toArray(String[]::new));
  }

  private static SizedTable read(ResultSet row) throws SQLException {
    List<String> names = SizeLimits.texts(row.getArray(8));
    List<String> categories = SizeLimits.texts(row.getArray(9));
    var byName = new LinkedHashMap<String, String>();
    for (int i = 0; i < names.size(); i++) {
      byName.put(names.get(i), categories.get(i));
    }
    return new SizedTable(
        new RelationName(row.getString(1), row.getString(2)),
        row.getLong(3),
        row.getLong(4),
        row.getBoolean(5),
        row.getInt(6),
        SizeLimits.texts(row.getArray(7)),
        byName);
  }
}
