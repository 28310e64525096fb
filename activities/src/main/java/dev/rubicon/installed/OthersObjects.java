package dev.rubicon.installed;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SearchPath;
import java.util.List;
import java.util.stream.Stream;

/**
 * Objects that are not Rubicon's and came to depend on what an end takes away: a table made LIKE
 * one of ours has copied a default that calls a function of schema {@code rubicon}. {@code DROP
 * SCHEMA rubicon CASCADE} would take such a default with it and say nothing.
 */
public final class OthersObjects {
  /** Only what is no part of what it depends on: PostgreSQL drops a part with its whole. */
  private static final String DEPENDENTS =
      """
      WITH RECURSIVE
        rubicon AS (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = 'rubicon'),
        whole AS (
          SELECT w.o AS oid FROM pg_catalog.unnest(?::pg_catalog.int8[]::pg_catalog.oid[]) w (o)
          UNION
          SELECT i.inhrelid FROM whole w JOIN pg_catalog.pg_inherits i ON i.inhparent = w.oid),
        carrier AS (
          SELECT o AS oid FROM rubicon.transition t, pg_catalog.unnest(t.relations) o
          UNION
          SELECT c.o FROM pg_catalog.unnest(?::pg_catalog.int8[]::pg_catalog.oid[]) c (o)
          UNION
          SELECT i.inhrelid FROM carrier c JOIN pg_catalog.pg_inherits i ON i.inhparent = c.oid),
        columns AS (
          SELECT c.relation, c.name
          FROM ROWS FROM (pg_catalog.unnest(?::pg_catalog.int8[]::pg_catalog.oid[]), pg_catalog.unnest(?::pg_catalog.text[]))
               c (relation, name)
          UNION
          SELECT i.inhrelid, c.name FROM columns c JOIN pg_catalog.pg_inherits i ON i.inhparent = c.relation),
        kept AS (
          SELECT oid FROM carrier EXCEPT SELECT oid FROM whole),
        kept_with_parts AS (
          SELECT oid FROM kept
          UNION
          SELECT d.objid FROM kept k JOIN pg_catalog.pg_depend d ON d.refobjid = k.oid
          WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
            AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype IN ('a', 'i')
          UNION
          SELECT i.indexrelid FROM kept k JOIN pg_catalog.pg_index i ON i.indrelid = k.oid),
        gone (catalog, object, part, ours) AS (
          SELECT 'pg_catalog.pg_namespace'::pg_catalog.regclass::pg_catalog.oid, r.oid, NULL::pg_catalog.int4, true
          FROM rubicon r
          UNION ALL
          SELECT 'pg_catalog.pg_proc'::pg_catalog.regclass, p.oid, NULL, true
          FROM pg_catalog.pg_proc p JOIN rubicon r ON r.oid = p.pronamespace
          UNION ALL
          SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, c.oid, NULL, true
          FROM pg_catalog.pg_class c JOIN rubicon r ON r.oid = c.relnamespace
          WHERE c.oid NOT IN (SELECT oid FROM kept_with_parts)
          UNION ALL
          SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid, NULL, true
          FROM pg_catalog.pg_type t JOIN rubicon r ON r.oid = t.typnamespace
          LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem
          WHERE coalesce(nullif(t.typrelid, 0), e.typrelid, 0) NOT IN (SELECT oid FROM kept)
          UNION ALL
          SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, w.oid, NULL, false FROM whole w
          UNION ALL
          SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid, NULL, false
          FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem
          WHERE t.typrelid IN (SELECT oid FROM whole) OR e.typrelid IN (SELECT oid FROM whole)
          UNION ALL
          SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, a.attrelid, a.attnum, false
          FROM columns c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.relation AND a.attname = c.name),
        dependent AS (
          SELECT d.classid, d.objid, d.objsubid, g.ours, g.part, f.confrelid,
                 pg_catalog.pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid) AS used,
                 coalesce(v.adrelid, t.tgrelid, w.ev_class, nullif(f.conrelid, 0), p.polrelid, c.oid) AS holder,
                 t.tgfoid
          FROM gone g
          JOIN pg_catalog.pg_depend d ON d.refclassid = g.catalog AND d.refobjid = g.object
            AND (g.part IS NULL OR d.refobjsubid = g.part)
          LEFT JOIN pg_catalog.pg_attrdef v ON d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND v.oid = d.objid
          LEFT JOIN pg_catalog.pg_trigger t ON d.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass AND t.oid = d.objid
          LEFT JOIN pg_catalog.pg_rewrite w ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND w.oid = d.objid
          LEFT JOIN pg_catalog.pg_constraint f
            ON d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND f.oid = d.objid
          LEFT JOIN pg_catalog.pg_policy p ON d.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass AND p.oid = d.objid
          LEFT JOIN pg_catalog.pg_class c ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND c.oid = d.objid
          WHERE d.deptype = 'n'
            AND NOT EXISTS (SELECT FROM gone o WHERE o.catalog = d.classid AND o.object = d.objid AND o.part IS NULL))
      SELECT DISTINCT
        CASE WHEN d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
          THEN pg_catalog.pg_describe_object('pg_catalog.pg_class'::pg_catalog.regclass, d.holder, 0)
          ELSE pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid) END
        || ' (uses ' || d.used || ')'
      FROM dependent d
      LEFT JOIN pg_catalog.pg_class h ON h.oid = d.holder
      -- What Rubicon has put on relations of the rollout, and takes off itself.
      WHERE NOT coalesce(d.tgfoid IN (SELECT p.oid FROM pg_catalog.pg_proc p JOIN rubicon r ON r.oid = p.pronamespace)
                         AND d.holder IN (SELECT oid FROM carrier), false)
        AND NOT (d.ours AND d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
                 AND d.holder IN (SELECT oid FROM carrier))
        -- Legacy stays in the schema until contract moves it.
        AND (d.holder IS NULL OR d.holder NOT IN (SELECT oid FROM kept_with_parts)
             OR d.classid <> 'pg_catalog.pg_class'::pg_catalog.regclass)
        -- What goes with its own relation.
        AND (d.holder IS NULL OR d.holder NOT IN (SELECT oid FROM whole))
        AND (h.oid IS NULL OR h.relnamespace NOT IN (SELECT oid FROM rubicon) OR h.oid IN (SELECT oid FROM kept))
        -- Keys to a relation that goes have a twin, or go first; a table's own constraints go with its columns.
        AND NOT (d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass
                 AND (d.part IS NULL AND d.confrelid IN (SELECT oid FROM carrier) OR d.holder IN (SELECT oid FROM carrier)))
      ORDER BY 1
      """;

  private OthersObjects() {}

  /** Each with what it uses; in catalog's words. */
  public static List<String> find(PgSession session, List<Removal> removals) {
    List<Long> whole =
        removals.stream()
            .filter(r -> r.columns().isEmpty())
            .flatMap(r -> r.relations().stream())
            .toList();
    List<Column> columns =
        removals.stream()
            .flatMap(
                r ->
                    r.relations().stream()
                        .flatMap(o -> r.columns().stream().map(name -> new Column(o, name))))
            .toList();
    // Names come with their schemas then, and no operator of a client's schema is met.
    return SearchPath.SESSION.catalogOnly(session, () -> query(session, whole, columns));
  }

  private record Column(long relation, String name) {}

  private static List<String> query(PgSession session, List<Long> whole, List<Column> columns) {
    return session.query(
        DEPENDENTS,
        row -> row.getString(1),
        whole.toArray(Long[]::new),
        Stream.concat(whole.stream(), columns.stream().map(Column::relation))
            .distinct()
            .toArray(Long[]::new),
        columns.stream().map(Column::relation).toArray(Long[]::new),
        columns.stream().map(Column::name).toArray(String[]::new));
  }

  /**
   * @param again the command that goes on once they are gone
   */
  public static void refuse(PgSession session, List<Removal> removals, String again) {
    refuse(find(session, removals), again);
  }

  /** The same, for what has been found. */
  public static void refuse(List<String> found, String again) {
    if (!found.isEmpty()) {
      throw new RubiconException(
          ErrorCode.TARGET_CHANGED,
          told(found),
          "drop them or make them depend on something else (a default: ALTER TABLE … ALTER COLUMN"
              + " … SET DEFAULT), then: "
              + again);
    }
  }

  /** For a message. */
  public static String told(List<String> found) {
    return "others' objects depend on what would be taken away: " + String.join("; ", found);
  }
}
