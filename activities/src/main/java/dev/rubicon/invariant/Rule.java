package dev.rubicon.invariant;

import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What a relation demands of its rows, as the catalog has it.
 *
 * @param keys expressions as PostgreSQL prints them: of an index; columns of a foreign key and of
 *     NOT NULL; the condition of a check
 * @param columns that it reads
 * @param where predicate of a partial index; may be empty
 * @param nullsEqual NULLS NOT DISTINCT
 * @param references of a foreign key
 * @param full MATCH FULL
 */
record Rule(
    Kind kind,
    RelationName relation,
    String name,
    List<String> keys,
    Set<String> columns,
    String where,
    boolean nullsEqual,
    Optional<RelationName> references,
    List<String> referenced,
    boolean full) {

  enum Kind {
    PRIMARY,
    UNIQUE,
    CHECK,
    NOT_NULL,
    FOREIGN_KEY;

    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * Of parents and plain tables, not of partitions, which have their parent's. What does not look
   * at the rows that are there (NOT VALID, NOT ENFORCED) is left out, and so are exclusion
   * constraints. An index whose collation is not its column's is unique by its own.
   */
  private static final String CATALOG =
      """
      WITH rel AS MATERIALIZED (
        SELECT c.oid, n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname = ANY (?::text[]))
      SELECT CASE WHEN i.indisprimary THEN 'PRIMARY' ELSE 'UNIQUE' END AS kind,
             r.nspname, r.relname, x.relname AS name,
             ARRAY (SELECT pg_get_indexdef(i.indexrelid, k, true)
                      || CASE WHEN l.oid IS NULL OR l.collname = 'default' THEN ''
                              ELSE ' COLLATE ' || quote_ident(ln.nspname) || '.'
                                   || quote_ident(l.collname) END
                    FROM generate_series(1, i.indnkeyatts) k
                    LEFT JOIN pg_collation l ON l.oid = i.indcollation[k - 1]
                    LEFT JOIN pg_namespace ln ON ln.oid = l.collnamespace
                    ORDER BY k) AS keys,
             ARRAY (SELECT DISTINCT a.attname::text FROM pg_attribute a
                    WHERE a.attrelid = r.oid
                      AND (a.attnum = ANY (i.indkey) OR EXISTS (
                        SELECT FROM pg_depend d
                        WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
                          AND d.refclassid = 'pg_class'::regclass AND d.refobjid = r.oid
                          AND d.refobjsubid = a.attnum))) AS columns,
             coalesce(pg_get_expr(i.indpred, i.indrelid), '') AS predicate,
             coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) AS nulls_equal,
             NULL AS ref_schema, NULL AS ref_name, '{}'::text[] AS referenced, false AS is_full
      FROM rel r JOIN pg_index i ON i.indrelid = r.oid AND i.indisunique
      JOIN pg_class x ON x.oid = i.indexrelid
      UNION ALL
      SELECT CASE k.contype WHEN 'c' THEN 'CHECK' ELSE 'FOREIGN_KEY' END,
             r.nspname, r.relname, k.conname,
             CASE k.contype WHEN 'c' THEN ARRAY[pg_get_expr(k.conbin, k.conrelid)]
               ELSE ARRAY (SELECT quote_ident(a.attname)
                           FROM unnest(k.conkey) WITH ORDINALITY u (n, o)
                           JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = u.n
                           ORDER BY u.o) END,
             ARRAY (SELECT a.attname::text FROM pg_attribute a
                    WHERE a.attrelid = r.oid AND a.attnum = ANY (k.conkey)),
             '', false, fn.nspname, f.relname,
             ARRAY (SELECT quote_ident(a.attname)
                    FROM unnest(k.confkey) WITH ORDINALITY u (n, o)
                    JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.n
                    ORDER BY u.o),
             k.confmatchtype = 'f'
      FROM rel r JOIN pg_constraint k ON k.conrelid = r.oid AND k.contype IN ('c', 'f')
      LEFT JOIN pg_class f ON f.oid = k.confrelid AND k.contype = 'f'
      LEFT JOIN pg_namespace fn ON fn.oid = f.relnamespace
      WHERE k.convalidated AND coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true)
      UNION ALL
      SELECT 'NOT_NULL', r.nspname, r.relname, a.attname, ARRAY[quote_ident(a.attname)],
             ARRAY[a.attname::text], '', false, NULL, NULL, '{}', false
      FROM rel r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND a.attnotnull
        AND NOT a.attisdropped
        AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = r.oid AND k.contype = 'n'
                        AND k.conkey = ARRAY[a.attnum] AND NOT k.convalidated)
      ORDER BY 2, 3, 1, 4
      """;

  static List<Rule> read(PgSession session, List<String> schemas) {
    return session.query(
        CATALOG,
        row ->
            new Rule(
                Kind.valueOf(row.getString(1)),
                new RelationName(row.getString(2), row.getString(3)),
                row.getString(4),
                List.of((String[]) row.getArray(5).getArray()),
                Set.of((String[]) row.getArray(6).getArray()),
                row.getString(7),
                row.getBoolean(8),
                Optional.ofNullable(row.getString(9)).map(schema -> relation(schema, row, 10)),
                List.of((String[]) row.getArray(11).getArray()),
                row.getBoolean(12)),
        (Object) schemas.toArray(String[]::new));
  }

  private static RelationName relation(String schema, java.sql.ResultSet row, int name) {
    try {
      return new RelationName(schema, row.getString(name));
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether rows that keep the other, which stands on the same columns, keep this one. */
  boolean impliedBy(Rule other) {
    boolean uniques = unique() && other.unique();
    return (kind == other.kind || uniques)
        && keys.equals(other.keys)
        && (where.equals(other.where) || uniques && other.where.isEmpty())
        && (other.nullsEqual || !nullsEqual)
        && references.equals(other.references)
        && referenced.equals(other.referenced)
        && (other.full || !full);
  }

  boolean unique() {
    return kind == Kind.PRIMARY || kind == Kind.UNIQUE;
  }

  /** What a finding's id ends with. */
  String id() {
    return kind.word() + ":" + relation + "." + name;
  }

  String demand() {
    return switch (kind) {
      case PRIMARY -> "PRIMARY KEY (" + String.join(", ", keys) + ")";
      case UNIQUE ->
          "UNIQUE"
              + (nullsEqual ? " NULLS NOT DISTINCT" : "")
              + " ("
              + String.join(", ", keys)
              + ")"
              + (where.isEmpty() ? "" : " WHERE " + where);
      case CHECK -> "CHECK (" + keys.getFirst() + ")";
      case NOT_NULL -> keys.getFirst() + " NOT NULL";
      case FOREIGN_KEY ->
          "FOREIGN KEY ("
              + String.join(", ", keys)
              + ") REFERENCES "
              + references.orElseThrow()
              + " ("
              + String.join(", ", referenced)
              + ")"
              + (full ? " MATCH FULL" : "");
    };
  }
}
