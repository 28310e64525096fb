package dev.rubicon.catalog.query;

import java.util.List;

/**
 * The queries of a snapshot. Each takes the array of schema names and gives (kind, schema, object,
 * part, definition, valid, of).
 */
public final class CatalogQueries {
  private CatalogQueries() {}

  public static List<String> of(int serverMajor) {
    return List.of(
        SCHEMAS,
        EXTENSIONS,
        DatabaseQueries.NOTES,
        DatabaseQueries.publications(serverMajor),
        serverMajor >= 15 ? PUBLICATIONS : PUBLICATIONS_14,
        RelationQueries.RELATIONS,
        RelationQueries.COLUMNS,
        RelationQueries.COLUMN_SETTINGS,
        RelationQueries.CONSTRAINTS,
        RelationQueries.INDEXES,
        SequenceQueries.SEQUENCES,
        RelationQueries.TRIGGERS,
        RelationQueries.POLICIES,
        RelationQueries.RULES,
        RelationQueries.STATISTICS,
        TypeQueries.FUNCTIONS,
        TypeQueries.TYPES,
        TypeQueries.DOMAIN_CONSTRAINTS,
        PrivilegeQueries.GRANTS,
        PrivilegeQueries.COLUMN_GRANTS,
        PrivilegeQueries.DEFAULT_PRIVILEGES,
        PrivilegeQueries.DEFAULT_PRIVILEGES_EVERYWHERE,
        PrivilegeQueries.COMMENTS,
        UnsupportedQueries.UNSUPPORTED,
        DatabaseQueries.UNSUPPORTED);
  }

  /** The schemas asked for, named {@code s}. */
  static final String SCHEMAS_OF_INTEREST =
      "WITH s AS (SELECT oid, nspname, nspowner, nspacl FROM pg_namespace"
          + " WHERE nspname = ANY (?::text[]))\n";

  /** The condition that an object belongs to no extension. */
  static String notOfExtension(String catalog, String oid) {
    return """
    NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '%s'::regclass
                AND e.objid = %s AND e.deptype = 'e')
    """
        .formatted(catalog, oid);
  }

  /** The condition that a function is no part of an extension, nor made with a range type. */
  static final String OWN_FUNCTION =
      """
      NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_proc'::regclass
                  AND e.objid = p.oid AND e.deptype IN ('e', 'i'))
      """;

  private static final String SCHEMAS =
      SCHEMAS_OF_INTEREST
          + """
          SELECT 'schema' AS kind, nspname AS schema, '' AS object, '' AS part,
                 '' AS definition, true AS valid, '' AS of
          FROM s
          """;

  /** Extensions live outside schemas; plpgsql is in every database. */
  private static final String EXTENSIONS =
      SCHEMAS_OF_INTEREST
          + """
          SELECT 'extension' AS kind, '' AS schema, extname AS object, '' AS part,
                 'SCHEMA ' || n.nspname AS definition, true AS valid, '' AS of
          FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace
          WHERE extname <> 'plpgsql' AND (SELECT count(*) FROM s) >= 0
          """;

  private static final String PUBLICATIONS =
      SCHEMAS_OF_INTEREST
          + """
          SELECT 'publication' AS kind, s.nspname AS schema, c.relname AS object,
                 p.pubname AS part,
                 concat_ws(' ',
                   (SELECT '(' || string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname) || ')'
                    FROM pg_attribute a
                    WHERE a.attrelid = c.oid AND a.attnum = ANY (r.prattrs::int2[])),
                   'WHERE ' || pg_get_expr(r.prqual, r.prrelid)) AS definition,
                 true AS valid, 'table:' || s.nspname || '.' || c.relname AS of
          FROM pg_publication_rel r
          JOIN pg_publication p ON p.oid = r.prpubid
          JOIN pg_class c ON c.oid = r.prrelid
          JOIN s ON s.oid = c.relnamespace
          UNION ALL
          SELECT 'publication', s.nspname, '', p.pubname, 'FOR TABLES IN SCHEMA', true, ''
          FROM pg_publication_namespace r
          JOIN pg_publication p ON p.oid = r.pnpubid
          JOIN s ON s.oid = r.pnnspid
          """;

  /** Column lists, row filters and whole schemas came with PostgreSQL 15. */
  private static final String PUBLICATIONS_14 =
      SCHEMAS_OF_INTEREST
          + """
          SELECT 'publication' AS kind, s.nspname AS schema, c.relname AS object,
                 p.pubname AS part, '' AS definition, true AS valid,
                 'table:' || s.nspname || '.' || c.relname AS of
          FROM pg_publication_rel r
          JOIN pg_publication p ON p.oid = r.prpubid
          JOIN pg_class c ON c.oid = r.prrelid
          JOIN s ON s.oid = c.relnamespace
          """;
}
