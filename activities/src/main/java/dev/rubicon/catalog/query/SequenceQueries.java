package dev.rubicon.catalog.query;

import static dev.rubicon.catalog.query.CatalogQueries.SCHEMAS_OF_INTEREST;

/** Sequences, and the columns that they feed. */
public final class SequenceQueries {
  private SequenceQueries() {}

  /**
   * Values are no part of it; what a sequence feeds is. All feeds are gathered at once: one look
   * for each sequence goes through every default where the catalogs have no statistics yet.
   */
  public static final String SEQUENCES =
      SCHEMAS_OF_INTEREST
          + """
          , feeds AS MATERIALIZED (
            SELECT d.refobjid AS sequence, ad.adrelid, ad.adnum,
                   ad.adrelid::regclass || '.' || quote_ident(a.attname) AS column_name
            FROM pg_depend d
            JOIN pg_attrdef ad ON ad.oid = d.objid
            JOIN pg_attribute a ON a.attrelid = ad.adrelid AND a.attnum = ad.adnum
            JOIN pg_class f ON f.oid = ad.adrelid AND NOT f.relispartition
            WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass
              AND d.refobjid IN (SELECT seqrelid FROM pg_sequence)),
          owners AS MATERIALIZED (
            SELECT d.objid AS sequence, d.deptype, t.oid AS relid, a.attnum,
                   t.oid::regclass::text AS relation, n.nspname, t.relname, a.attname
            FROM pg_depend d
            JOIN pg_class t ON t.oid = d.refobjid
            JOIN pg_namespace n ON n.oid = t.relnamespace
            JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
            WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
              AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
              AND d.objid IN (SELECT seqrelid FROM pg_sequence)),
          fed AS (
            SELECT f.sequence,
                   string_agg(f.column_name, ', ' ORDER BY f.column_name COLLATE "C") AS columns
            FROM feeds f LEFT JOIN owners o ON o.sequence = f.sequence
            WHERE (f.adrelid, f.adnum) IS DISTINCT FROM (o.relid, o.attnum)
            GROUP BY f.sequence)
          SELECT 'sequence' AS kind, s.nspname AS schema, c.relname AS object, '' AS part,
            concat_ws(' ',
              CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED' END,
              format('AS %s INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s CACHE %s',
                     format_type(q.seqtypid, NULL), q.seqincrement, q.seqmin, q.seqmax,
                     q.seqstart, q.seqcache),
              CASE WHEN q.seqcycle THEN 'CYCLE' END,
              CASE o.deptype WHEN 'a' THEN 'OWNED BY ' WHEN 'i' THEN 'IDENTITY OF ' END
                || o.relation || '.' || quote_ident(o.attname),
              'FEEDS ' || fed.columns) AS definition,
            true AS valid,
            CASE WHEN o.relid IS NULL THEN ''
                 ELSE 'column:' || o.nspname || '.' || o.relname || '.' || o.attname END AS of,
            c.oid AS relation
          FROM pg_sequence q
          JOIN pg_class c ON c.oid = q.seqrelid
          JOIN s ON s.oid = c.relnamespace
          LEFT JOIN owners o ON o.sequence = c.oid
          LEFT JOIN fed ON fed.sequence = c.oid
          WHERE
          """
          + RelationQueries.OWN_RELATION;
}
