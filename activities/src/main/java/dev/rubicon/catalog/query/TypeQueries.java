package dev.rubicon.catalog.query;

import static dev.rubicon.catalog.query.CatalogQueries.SCHEMAS_OF_INTEREST;
import static dev.rubicon.catalog.query.CatalogQueries.notOfExtension;

/** Routines and types. */
final class TypeQueries {
  private TypeQueries() {}

  /** Aggregates have no printed definition: they are among what is unsupported. */
  static final String FUNCTIONS =
      SCHEMAS_OF_INTEREST
          + """
          SELECT 'function' AS kind, s.nspname AS schema,
            p.proname || '(' || oidvectortypes(p.proargtypes) || ')' AS object, '' AS part,
            rtrim(pg_get_functiondef(p.oid), E'\\n') AS definition, true AS valid, '' AS of
          FROM pg_proc p JOIN s ON s.oid = p.pronamespace
          WHERE p.prokind IN ('f', 'p', 'w') AND
          """
          + CatalogQueries.OWN_FUNCTION;

  /** Kind of a type, as in the names of entries; {@code t} is pg_type. */
  static final String KIND_OF_TYPE =
      """
      CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain'
                     WHEN 'r' THEN 'range-type' ELSE 'composite-type' END\
      """;

  /** Enums, domains, ranges, and composite types that are not a relation's row. */
  static final String OWN_TYPE =
      """
      (t.typtype IN ('e', 'd', 'r') OR t.typtype = 'c' AND EXISTS (
         SELECT FROM pg_class tc WHERE tc.oid = t.typrelid AND tc.relkind = 'c')) AND
      """
          + notOfExtension("pg_type", "t.oid");

  static final String TYPES =
      SCHEMAS_OF_INTEREST
          + "SELECT "
          + KIND_OF_TYPE
          + """
           AS kind, s.nspname AS schema, t.typname AS object, '' AS part,
            CASE t.typtype
              WHEN 'e' THEN (
                SELECT 'ENUM (' || coalesce(
                         string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder), '')
                       || ')'
                FROM pg_enum e WHERE e.enumtypid = t.oid)
              WHEN 'd' THEN concat_ws(' ',
                format_type(t.typbasetype, t.typtypmod),
                (SELECT 'COLLATE ' || t.typcollation::regcollation FROM pg_type b
                 WHERE b.oid = t.typbasetype AND b.typcollation <> t.typcollation
                   AND t.typcollation <> 0),
                'DEFAULT ' || t.typdefault,
                CASE WHEN t.typnotnull THEN 'NOT NULL' END)
              WHEN 'r' THEN (
                SELECT concat_ws(', ', 'SUBTYPE = ' || format_type(r.rngsubtype, NULL),
                  'SUBTYPE_OPCLASS = ' || o.opcname,
                  CASE WHEN r.rngcollation <> 0
                       THEN 'COLLATION = ' || r.rngcollation::regcollation END,
                  CASE WHEN r.rngcanonical <> 0 THEN 'CANONICAL = ' || r.rngcanonical END,
                  CASE WHEN r.rngsubdiff <> 0 THEN 'SUBTYPE_DIFF = ' || r.rngsubdiff END,
                  'MULTIRANGE_TYPE_NAME = ' || format_type(r.rngmultitypid, NULL))
                FROM pg_range r JOIN pg_opclass o ON o.oid = r.rngsubopc
                WHERE r.rngtypid = t.oid)
              ELSE (
                SELECT '(' || coalesce(string_agg(concat_ws(' ', quote_ident(a.attname),
                         format_type(a.atttypid, a.atttypmod),
                         CASE WHEN a.attcollation <> at.typcollation AND a.attcollation <> 0
                              THEN 'COLLATE ' || a.attcollation::regcollation END),
                         ', ' ORDER BY a.attnum), '') || ')'
                FROM pg_attribute a JOIN pg_type at ON at.oid = a.atttypid
                WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped)
            END AS definition,
            true AS valid, '' AS of
          FROM pg_type t JOIN s ON s.oid = t.typnamespace
          WHERE
          """
          + OWN_TYPE;

  static final String DOMAIN_CONSTRAINTS =
      SCHEMAS_OF_INTEREST
          + """
          SELECT 'constraint' AS kind, s.nspname AS schema, t.typname AS object, k.conname AS part,
            regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', '') AS definition,
            k.convalidated AS valid, 'domain:' || s.nspname || '.' || t.typname AS of
          FROM pg_constraint k
          JOIN pg_type t ON t.oid = k.contypid
          JOIN s ON s.oid = t.typnamespace
          WHERE k.contype = 'c' AND
          """
          + notOfExtension("pg_type", "t.oid");
}
