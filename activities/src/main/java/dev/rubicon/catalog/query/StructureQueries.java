package dev.rubicon.catalog.query;

import static dev.rubicon.catalog.query.CatalogQueries.SCHEMAS_OF_INTEREST;

import dev.rubicon.catalog.CatalogStructure;

/** The queries of a {@link CatalogStructure}. Objects are given by the names of their entries. */
public final class StructureQueries {
  private StructureQueries() {}

  private static final String RELATION =
      RelationQueries.KIND_OF_RELATION + " || ':' || s.nspname || '.' || c.relname";

  private static final String SIGNATURE =
      "s.nspname || '.' || p.proname || '(' || oidvectortypes(p.proargtypes) || ')'";

  /**
   * Every object by which a dependency is recorded, and the entry that it belongs to: a default to
   * its column, a view's rule to the view, a member of an extension to the extension.
   */
  private static final String NAMED =
      """
      , o AS (
        SELECT 'pg_class'::regclass AS class, c.oid, 0 AS sub, %1$s AS name
        FROM pg_class c JOIN s ON s.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S')
        UNION ALL
        SELECT 'pg_class'::regclass, c.oid, a.attnum,
               CASE WHEN c.relkind IN ('r', 'p')
                      THEN 'column:' || s.nspname || '.' || c.relname || '.' || a.attname
                    WHEN c.relkind = 'c' THEN 'composite-type:' || s.nspname || '.' || c.relname
                    ELSE %1$s END
        FROM pg_class c
        JOIN s ON s.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'c')
        UNION ALL
        SELECT 'pg_class'::regclass, x.oid, 0,
               'index:' || s.nspname || '.' || c.relname || '.' || x.relname
        FROM pg_index i
        JOIN pg_class x ON x.oid = i.indexrelid
        JOIN pg_class c ON c.oid = i.indrelid
        JOIN s ON s.oid = c.relnamespace
        UNION ALL
        SELECT 'pg_attrdef'::regclass, d.oid, 0,
               'column:' || s.nspname || '.' || c.relname || '.' || a.attname
        FROM pg_attrdef d
        JOIN pg_class c ON c.oid = d.adrelid
        JOIN s ON s.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
        UNION ALL
        SELECT 'pg_constraint'::regclass, k.oid, 0,
               'constraint:' || s.nspname || '.' || coalesce(c.relname, t.typname) || '.' || k.conname
        FROM pg_constraint k
        JOIN s ON s.oid = k.connamespace
        LEFT JOIN pg_class c ON c.oid = k.conrelid
        LEFT JOIN pg_type t ON t.oid = k.contypid
        WHERE NOT (k.contype = 'f' AND k.conparentid <> 0)
        UNION ALL
        SELECT 'pg_trigger'::regclass, g.oid, 0,
               'trigger:' || s.nspname || '.' || c.relname || '.' || g.tgname
        FROM pg_trigger g
        JOIN pg_class c ON c.oid = g.tgrelid
        JOIN s ON s.oid = c.relnamespace
        WHERE NOT g.tgisinternal
        UNION ALL
        SELECT 'pg_policy'::regclass, p.oid, 0,
               'policy:' || s.nspname || '.' || c.relname || '.' || p.polname
        FROM pg_policy p
        JOIN pg_class c ON c.oid = p.polrelid
        JOIN s ON s.oid = c.relnamespace
        UNION ALL
        SELECT 'pg_rewrite'::regclass, r.oid, 0,
               CASE WHEN c.relkind IN ('v', 'm') AND r.rulename = '_RETURN' THEN %1$s
                    ELSE 'rule:' || s.nspname || '.' || c.relname || '.' || r.rulename END
        FROM pg_rewrite r
        JOIN pg_class c ON c.oid = r.ev_class
        JOIN s ON s.oid = c.relnamespace
        UNION ALL
        SELECT 'pg_proc'::regclass, p.oid, 0, 'function:' || %2$s
        FROM pg_proc p JOIN s ON s.oid = p.pronamespace
        UNION ALL
        SELECT 'pg_type'::regclass, y.oid, 0,
               CASE WHEN t.typtype = 'c' AND c.relkind <> 'c' THEN %1$s
                    ELSE %3$s || ':' || s.nspname || '.' || t.typname END
        FROM pg_type t
        JOIN s ON s.oid = t.typnamespace
        LEFT JOIN pg_class c ON c.oid = t.typrelid
        LEFT JOIN pg_range r ON r.rngtypid = t.oid
        JOIN pg_type y ON y.oid IN (t.oid, t.typarray, r.rngmultitypid)
        WHERE t.typtype IN ('e', 'd', 'r', 'c')
        UNION ALL
        SELECT 'pg_statistic_ext'::regclass, x.oid, 0,
               'statistics:' || s.nspname || '.' || x.stxname
        FROM pg_statistic_ext x JOIN s ON s.oid = x.stxnamespace
        UNION ALL
        SELECT 'pg_namespace'::regclass, s.oid, 0, 'schema:' || s.nspname FROM s
        UNION ALL
        SELECT e.classid, e.objid, 0, 'extension:' || x.extname
        FROM pg_depend e JOIN pg_extension x ON x.oid = e.refobjid
        WHERE e.refclassid = 'pg_extension'::regclass AND e.deptype = 'e'
          AND x.extname <> 'plpgsql')
      """
          .formatted(RELATION, SIGNATURE, TypeQueries.KIND_OF_TYPE);

  public static final String USES =
      SCHEMAS_OF_INTEREST
          + NAMED
          + """
          SELECT DISTINCT u.name, r.name AS used
          FROM pg_depend d
          JOIN o u ON u.class = d.classid AND u.oid = d.objid AND u.sub = d.objsubid
          JOIN o r ON r.class = d.refclassid AND r.oid = d.refobjid AND r.sub = d.refobjsubid
          WHERE u.name <> r.name AND d.deptype <> 'e'
          """;

  /** What a partition or an heir has from its parent. */
  public static final String INHERITED =
      SCHEMAS_OF_INTEREST
          + """
          SELECT 'column:' || s.nspname || '.' || c.relname || '.' || a.attname AS name,
                 'column:' || n.nspname || '.' || f.relname || '.' || a.attname AS parent
          FROM pg_inherits i
          JOIN pg_class c ON c.oid = i.inhrelid
          JOIN s ON s.oid = c.relnamespace
          JOIN pg_class f ON f.oid = i.inhparent
          JOIN pg_namespace n ON n.oid = f.relnamespace
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attinhcount > 0
          JOIN pg_attribute b ON b.attrelid = f.oid AND b.attname = a.attname
          UNION ALL
          SELECT 'index:' || s.nspname || '.' || t.relname || '.' || c.relname,
                 'index:' || n.nspname || '.' || g.relname || '.' || f.relname
          FROM pg_inherits i
          JOIN pg_class c ON c.oid = i.inhrelid
          JOIN s ON s.oid = c.relnamespace
          JOIN pg_index x ON x.indexrelid = c.oid
          JOIN pg_class t ON t.oid = x.indrelid
          JOIN pg_class f ON f.oid = i.inhparent
          JOIN pg_namespace n ON n.oid = f.relnamespace
          JOIN pg_index y ON y.indexrelid = f.oid
          JOIN pg_class g ON g.oid = y.indrelid
          UNION ALL
          SELECT 'constraint:' || s.nspname || '.' || c.relname || '.' || k.conname,
                 'constraint:' || n.nspname || '.' || f.relname || '.' || j.conname
          FROM pg_constraint k
          JOIN pg_class c ON c.oid = k.conrelid
          JOIN s ON s.oid = c.relnamespace
          JOIN pg_inherits i ON i.inhrelid = c.oid
          JOIN pg_class f ON f.oid = i.inhparent
          JOIN pg_namespace n ON n.oid = f.relnamespace
          JOIN pg_constraint j ON j.conrelid = f.oid
            AND (j.oid = k.conparentid
                 OR k.coninhcount > 0 AND k.contype = 'c' AND j.contype = 'c'
                    AND j.conname = k.conname)
          UNION ALL
          SELECT 'trigger:' || s.nspname || '.' || c.relname || '.' || g.tgname,
                 'trigger:' || n.nspname || '.' || f.relname || '.' || h.tgname
          FROM pg_trigger g
          JOIN pg_class c ON c.oid = g.tgrelid
          JOIN s ON s.oid = c.relnamespace
          JOIN pg_trigger h ON h.oid = g.tgparentid
          JOIN pg_class f ON f.oid = h.tgrelid
          JOIN pg_namespace n ON n.oid = f.relnamespace
          """;

  public static final String COLUMNS =
      SCHEMAS_OF_INTEREST
          + """
          SELECT 'column:' || s.nspname || '.' || c.relname || '.' || a.attname AS name,
                 a.attnum AS position, a.attinhcount > 0 AND NOT a.attislocal AS inherited,
                 CASE t.typstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL'
                                   WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END AS storage
          FROM pg_attribute a
          JOIN pg_class c ON c.oid = a.attrelid
          JOIN s ON s.oid = c.relnamespace
          JOIN pg_type t ON t.oid = a.atttypid
          WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm')
          """;

  public static final String RELATIONS =
      SCHEMAS_OF_INTEREST
          + "SELECT "
          + RELATION
          + """
           AS name,
            c.relpersistence = 'u' AS unlogged,
            CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) ELSE '' END AS of_type,
            (SELECT string_agg(format('%I.%I', n.nspname, f.relname), ', ' ORDER BY i.inhseqno)
             FROM pg_inherits i
             JOIN pg_class f ON f.oid = i.inhparent
             JOIN pg_namespace n ON n.oid = f.relnamespace
             WHERE i.inhrelid = c.oid) AS parents,
            pg_get_expr(c.relpartbound, c.oid) AS bound,
            CASE WHEN c.relispartition THEN pg_get_partition_constraintdef(c.oid) END
              AS partition_constraint,
            CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS partition_key,
            (SELECT am.amname FROM pg_am am WHERE am.oid = c.relam AND am.amname <> 'heap')
              AS access_method,
            ARRAY(SELECT o.option
                  FROM (SELECT 1 AS of, u.option, u.place
                        FROM unnest(c.reloptions) WITH ORDINALITY u (option, place)
                        UNION ALL
                        SELECT 2, 'toast.' || u.option, u.place
                        FROM pg_class t, unnest(t.reloptions) WITH ORDINALITY u (option, place)
                        WHERE t.oid = c.reltoastrelid) o
                  ORDER BY o.of, o.place) AS options,
            CASE c.relreplident WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING'
                                WHEN 'i' THEN 'USING INDEX' ELSE 'DEFAULT' END AS replica_identity,
            c.relrowsecurity AS row_security, c.relforcerowsecurity AS forced,
            CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END AS query,
            CASE WHEN c.relkind IN ('v', 'm') THEN ARRAY(
              SELECT quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
                     || ' ' || a.attcollation
              FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 ORDER BY a.attnum)
              ELSE '{}' END AS columns,
            quote_ident(pg_get_userbyid(c.relowner)) AS owner
          FROM pg_class c JOIN s ON s.oid = c.relnamespace
          WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S')
          """;

  public static final String FUNCTIONS =
      SCHEMAS_OF_INTEREST
          + "SELECT 'function:' || "
          + SIGNATURE
          + """
           AS name,
            CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END AS word,
            format('%I.%I(%s)', s.nspname, p.proname, oidvectortypes(p.proargtypes)) AS quoted,
            concat_ws(' ', p.prokind, pg_get_function_arguments(p.oid), 'RETURNS',
                      pg_get_function_result(p.oid)) AS signature,
            p.prosqlbody IS NULL AS text_body, quote_ident(pg_get_userbyid(p.proowner)) AS owner
          FROM pg_proc p JOIN s ON s.oid = p.pronamespace
          WHERE p.prokind IN ('f', 'p', 'w')
          """;

  /** An enum's labels, a composite type's attributes with their types. */
  public static final String TYPES =
      SCHEMAS_OF_INTEREST
          + "SELECT "
          + TypeQueries.KIND_OF_TYPE
          + """
           || ':' || s.nspname || '.' || t.typname AS name,
            CASE t.typtype
              WHEN 'e' THEN ARRAY(SELECT e.enumlabel::text FROM pg_enum e
                                  WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder)
              ELSE ARRAY(
                SELECT concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
                         CASE WHEN a.attcollation <> at.typcollation AND a.attcollation <> 0
                              THEN 'COLLATE ' || a.attcollation::regcollation END)
                FROM pg_attribute a JOIN pg_type at ON at.oid = a.atttypid
                WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
                ORDER BY a.attnum) END AS parts,
            ARRAY(SELECT quote_ident(a.attname) FROM pg_attribute a
                  WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
                  ORDER BY a.attnum) AS names,
            quote_ident(pg_get_userbyid(t.typowner)) AS owner
          FROM pg_type t JOIN s ON s.oid = t.typnamespace
          WHERE
          """
          + TypeQueries.OWN_TYPE;
}
