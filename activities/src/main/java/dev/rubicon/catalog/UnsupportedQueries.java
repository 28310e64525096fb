package dev.rubicon.catalog;

import static dev.rubicon.catalog.CatalogQueries.SCHEMAS_OF_INTEREST;

/** What lies in the schemas and is of an unknown kind: it is listed, never left out. */
final class UnsupportedQueries {
  private UnsupportedQueries() {}

  static final String UNSUPPORTED =
      SCHEMAS_OF_INTEREST
          + """
          SELECT 'unsupported' AS kind, s.nspname AS schema, q.what AS object, q.name AS part,
                 coalesce(q.definition, '') AS definition, true AS valid, '' AS of
          FROM (
            SELECT 'pg_class'::regclass AS class, c.oid, c.relnamespace AS namespace,
                   CASE c.relkind WHEN 'f' THEN 'foreign-table'
                                  ELSE 'relation of kind ' || c.relkind::text END AS what,
                   c.relname::text AS name,
                   (SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod),
                                      ', ' ORDER BY a.attnum)
                    FROM pg_attribute a
                    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS definition
            FROM pg_class c
            WHERE c.relkind NOT IN ('r', 'p', 'v', 'm', 'i', 'I', 'S', 't', 'c')
            UNION ALL
            SELECT 'pg_proc'::regclass, p.oid, p.pronamespace, 'aggregate',
                   p.proname || '(' || oidvectortypes(p.proargtypes) || ')',
                   format_type(p.prorettype, NULL) || ' ' || g.aggtransfn::text || ' ' || g.aggfinalfn::text
            FROM pg_proc p JOIN pg_aggregate g ON g.aggfnoid = p.oid
            WHERE p.prokind NOT IN ('f', 'p', 'w')
            UNION ALL
            SELECT 'pg_type'::regclass, t.oid, t.typnamespace, 'base-type', t.typname::text,
                   t.typinput::text || ' ' || t.typoutput::text
            FROM pg_type t
            WHERE t.typtype NOT IN ('e', 'd', 'r', 'm', 'c')
              AND NOT EXISTS (SELECT FROM pg_type y WHERE y.typarray = t.oid)
            UNION ALL
            SELECT 'pg_operator'::regclass, o.oid, o.oprnamespace, 'operator',
                   o.oprname || ' (' || coalesce(format_type(nullif(o.oprleft, 0), NULL), 'none')
                     || ', ' || coalesce(format_type(nullif(o.oprright, 0), NULL), 'none') || ')',
                   o.oprcode::text
            FROM pg_operator o
            UNION ALL
            SELECT 'pg_opclass'::regclass, o.oid, o.opcnamespace, 'operator-class',
                   o.opcname || ' USING ' || m.amname, format_type(o.opcintype, NULL)
            FROM pg_opclass o JOIN pg_am m ON m.oid = o.opcmethod
            UNION ALL
            SELECT 'pg_opfamily'::regclass, o.oid, o.opfnamespace, 'operator-family',
                   o.opfname || ' USING ' || m.amname, ''
            FROM pg_opfamily o JOIN pg_am m ON m.oid = o.opfmethod
            UNION ALL
            SELECT 'pg_collation'::regclass, o.oid, o.collnamespace, 'collation',
                   o.collname::text, o.collprovider::text || ' ' || coalesce(o.collcollate, '')
            FROM pg_collation o
            UNION ALL
            SELECT 'pg_conversion'::regclass, o.oid, o.connamespace, 'conversion',
                   o.conname::text, o.conproc::text
            FROM pg_conversion o
            UNION ALL
            SELECT 'pg_ts_config'::regclass, o.oid, o.cfgnamespace, 'text-search-configuration',
                   o.cfgname::text, ''
            FROM pg_ts_config o
            UNION ALL
            SELECT 'pg_ts_dict'::regclass, o.oid, o.dictnamespace, 'text-search-dictionary',
                   o.dictname::text, o.dictinitoption
            FROM pg_ts_dict o
            UNION ALL
            SELECT 'pg_ts_parser'::regclass, o.oid, o.prsnamespace, 'text-search-parser',
                   o.prsname::text, o.prsstart::text
            FROM pg_ts_parser o
            UNION ALL
            SELECT 'pg_ts_template'::regclass, o.oid, o.tmplnamespace, 'text-search-template',
                   o.tmplname::text, o.tmpllexize::text
            FROM pg_ts_template o
            UNION ALL
            SELECT 'pg_cast'::regclass, k.oid, CASE WHEN b.typnamespace IN (SELECT oid FROM s)
                     THEN b.typnamespace ELSE t.typnamespace END, 'cast',
                   format_type(k.castsource, NULL) || ' AS ' || format_type(k.casttarget, NULL),
                   k.castfunc::regprocedure::text || ' ' || k.castcontext::text || ' ' || k.castmethod::text
            FROM pg_cast k
            JOIN pg_type b ON b.oid = k.castsource
            JOIN pg_type t ON t.oid = k.casttarget
            WHERE k.oid >= 16384
              AND NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid = 'pg_cast'::regclass
                              AND i.objid = k.oid AND i.deptype = 'i')
            UNION ALL
            SELECT 'pg_class'::regclass, c.oid, c.relnamespace, 'security-label',
                   c.relname || CASE l.objsubid WHEN 0 THEN '' ELSE ' column ' || l.objsubid END,
                   l.provider || ': ' || l.label
            FROM pg_seclabel l JOIN pg_class c ON l.classoid = 'pg_class'::regclass
              AND l.objoid = c.oid
          ) q
          JOIN s ON s.oid = q.namespace
          -- As an array it comes down into each part, before what is not asked for is printed.
          WHERE q.namespace = ANY (ARRAY(SELECT oid FROM s))
            AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = q.class AND e.objid = q.oid
                            AND e.deptype = 'e')
          """;
}
