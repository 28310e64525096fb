package dev.rubicon.catalog.query;

import static dev.rubicon.catalog.query.CatalogQueries.SCHEMAS_OF_INTEREST;

/**
 * What Rubicon compares and cannot carry over: it is listed, never left out. A definition holds all
 * that pg_dump writes of the object, so that two that are equal stand in nobody's way.
 */
final class UnsupportedQueries {
  private UnsupportedQueries() {}

  static final String UNSUPPORTED =
      SCHEMAS_OF_INTEREST
          + """
          SELECT 'unsupported' AS kind, s.nspname AS schema, q.what AS object, q.name AS part,
                 coalesce(q.definition, '') AS definition, true AS valid, coalesce(q.of, '') AS of
          FROM (
            SELECT 'pg_class'::regclass AS class, c.oid, c.relnamespace AS namespace,
                   CASE c.relkind WHEN 'f' THEN 'foreign-table'
                                  ELSE 'relation of kind ' || c.relkind::text END AS what,
                   c.relname::text AS name,
                   concat_ws(' ',
                     (SELECT string_agg(concat_ws(' ', a.attname,
                               format_type(a.atttypid, a.atttypmod),
                               'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid),
                               CASE WHEN a.attnotnull THEN 'NOT NULL' END,
          """
          + DatabaseQueries.options("a.attfdwoptions")
          + """
                             ), ', ' ORDER BY a.attnum)
                      FROM pg_attribute a
                      LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
                     (SELECT 'SERVER ' || v.srvname FROM pg_foreign_server v
                      WHERE v.oid = f.ftserver),
          """
          + DatabaseQueries.options("f.ftoptions")
          + """
                     ) AS definition,
                   '' AS of
            FROM pg_class c LEFT JOIN pg_foreign_table f ON f.ftrelid = c.oid
            WHERE c.relkind NOT IN ('r', 'p', 'v', 'm', 'i', 'I', 'S', 't', 'c')
            UNION ALL
            SELECT 'pg_proc'::regclass, p.oid, p.pronamespace, 'aggregate',
                   p.proname || '(' || oidvectortypes(p.proargtypes) || ')',
                   concat_ws(' ', pg_get_function_arguments(p.oid),
                     format_type(p.prorettype, NULL), g.aggkind, g.aggnumdirectargs,
                     g.aggtransfn, g.aggfinalfn, g.aggcombinefn, g.aggserialfn, g.aggdeserialfn,
                     g.aggmtransfn, g.aggminvtransfn, g.aggmfinalfn, g.aggfinalextra,
                     g.aggmfinalextra, g.aggfinalmodify, g.aggmfinalmodify,
                     g.aggsortop::regoperator, format_type(g.aggtranstype, NULL), g.aggtransspace,
                     format_type(nullif(g.aggmtranstype, 0), NULL), g.aggmtransspace,
                     'INITCOND ' || quote_literal(g.agginitval),
                     'MINITCOND ' || quote_literal(g.aggminitval), p.proparallel),
                   ''
            FROM pg_proc p JOIN pg_aggregate g ON g.aggfnoid = p.oid
            WHERE p.prokind NOT IN ('f', 'p', 'w')
            UNION ALL
            SELECT 'pg_type'::regclass, t.oid, t.typnamespace, 'base-type', t.typname::text,
                   concat_ws(' ', t.typinput, t.typoutput, t.typreceive, t.typsend, t.typmodin,
                     t.typmodout, t.typanalyze, t.typlen, t.typbyval, t.typalign, t.typstorage,
                     t.typcategory, t.typispreferred, t.typdelim,
                     format_type(nullif(t.typelem, 0), NULL), t.typcollation::regcollation,
                     'DEFAULT ' || t.typdefault),
                   ''
            FROM pg_type t
            WHERE t.typtype NOT IN ('e', 'd', 'r', 'm', 'c')
              AND NOT EXISTS (SELECT FROM pg_type y WHERE y.typarray = t.oid)
            UNION ALL
            SELECT 'pg_operator'::regclass, o.oid, o.oprnamespace, 'operator',
                   o.oprname || ' (' || coalesce(format_type(nullif(o.oprleft, 0), NULL), 'none')
                     || ', ' || coalesce(format_type(nullif(o.oprright, 0), NULL), 'none') || ')',
                   concat_ws(' ', o.oprcode, o.oprcom::regoperator, o.oprnegate::regoperator,
                     o.oprrest, o.oprjoin, o.oprcanmerge, o.oprcanhash),
                   ''
            FROM pg_operator o
            UNION ALL
            SELECT 'pg_opclass'::regclass, o.oid, o.opcnamespace, 'operator-class',
                   o.opcname || ' USING ' || m.amname,
                   concat_ws(' ', format_type(o.opcintype, NULL), o.opcdefault,
                     format_type(nullif(o.opckeytype, 0), NULL),
                     'FAMILY ' || n.nspname || '.' || y.opfname),
                   'unsupported:' || n.nspname || '.operator-family.' || y.opfname || ' USING '
                     || m.amname
            FROM pg_opclass o JOIN pg_am m ON m.oid = o.opcmethod
            JOIN pg_opfamily y ON y.oid = o.opcfamily
            JOIN pg_namespace n ON n.oid = y.opfnamespace
            UNION ALL
            SELECT 'pg_opfamily'::regclass, o.oid, o.opfnamespace, 'operator-family',
                   o.opfname || ' USING ' || m.amname,
                   concat_ws(', ',
                     (SELECT string_agg(concat_ws(' ', a.amopstrategy, a.amopopr::regoperator,
                               (SELECT 'FOR ORDER BY ' || f.opfname FROM pg_opfamily f
                                WHERE f.oid = a.amopsortfamily)), ', '
                               ORDER BY a.amopstrategy, a.amopopr::regoperator::text COLLATE "C")
                      FROM pg_amop a WHERE a.amopfamily = o.oid),
                     (SELECT string_agg(concat_ws(' ', a.amprocnum, a.amproc::regprocedure,
                               a.amproclefttype::regtype, a.amprocrighttype::regtype), ', '
                               ORDER BY a.amprocnum, a.amproc::regprocedure::text COLLATE "C",
                                 a.amproclefttype::regtype::text COLLATE "C",
                                 a.amprocrighttype::regtype::text COLLATE "C")
                      FROM pg_amproc a WHERE a.amprocfamily = o.oid)),
                   ''
            FROM pg_opfamily o JOIN pg_am m ON m.oid = o.opfmethod
            UNION ALL
            SELECT 'pg_collation'::regclass, o.oid, o.collnamespace, 'collation',
                   o.collname::text,
                   (to_jsonb(o) - ARRAY['oid', 'collname', 'collnamespace', 'collowner',
                                        'collversion'])::text,
                   ''
            FROM pg_collation o
            UNION ALL
            SELECT 'pg_conversion'::regclass, o.oid, o.connamespace, 'conversion',
                   o.conname::text,
                   concat_ws(' ', o.conproc, pg_encoding_to_char(o.conforencoding),
                     pg_encoding_to_char(o.contoencoding), o.condefault),
                   ''
            FROM pg_conversion o
            UNION ALL
            SELECT 'pg_ts_config'::regclass, o.oid, o.cfgnamespace, 'text-search-configuration',
                   o.cfgname::text,
                   concat_ws(' ', 'PARSER ' || (SELECT n.nspname || '.' || r.prsname
                                                FROM pg_ts_parser r
                                                JOIN pg_namespace n ON n.oid = r.prsnamespace
                                                WHERE r.oid = o.cfgparser),
                     (SELECT string_agg(m.maptokentype || ' ' || m.mapdict::regdictionary, ', '
                               ORDER BY m.maptokentype, m.mapseqno)
                      FROM pg_ts_config_map m WHERE m.mapcfg = o.oid)),
                   ''
            FROM pg_ts_config o
            UNION ALL
            SELECT 'pg_ts_dict'::regclass, o.oid, o.dictnamespace, 'text-search-dictionary',
                   o.dictname::text,
                   concat_ws(' ', (SELECT n.nspname || '.' || t.tmplname FROM pg_ts_template t
                                   JOIN pg_namespace n ON n.oid = t.tmplnamespace
                                   WHERE t.oid = o.dicttemplate), o.dictinitoption),
                   ''
            FROM pg_ts_dict o
            UNION ALL
            SELECT 'pg_ts_parser'::regclass, o.oid, o.prsnamespace, 'text-search-parser',
                   o.prsname::text,
                   concat_ws(' ', o.prsstart, o.prstoken, o.prsend, o.prsheadline, o.prslextype),
                   ''
            FROM pg_ts_parser o
            UNION ALL
            SELECT 'pg_ts_template'::regclass, o.oid, o.tmplnamespace, 'text-search-template',
                   o.tmplname::text, concat_ws(' ', o.tmplinit, o.tmpllexize), ''
            FROM pg_ts_template o
            UNION ALL
            SELECT 'pg_cast'::regclass, k.oid, CASE WHEN b.typnamespace IN (SELECT oid FROM s)
                     THEN b.typnamespace ELSE t.typnamespace END, 'cast',
                   format_type(k.castsource, NULL) || ' AS ' || format_type(k.casttarget, NULL),
                   k.castfunc::regprocedure::text || ' ' || k.castcontext::text || ' ' || k.castmethod::text,
                   ''
            FROM pg_cast k
            JOIN pg_type b ON b.oid = k.castsource
            JOIN pg_type t ON t.oid = k.casttarget
            WHERE k.oid >= 16384
              AND NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid = 'pg_cast'::regclass
                              AND i.objid = k.oid AND i.deptype = 'i')
            UNION ALL
            SELECT 'pg_class'::regclass, c.oid, c.relnamespace, 'security-label',
                   c.relname || CASE l.objsubid WHEN 0 THEN '' ELSE ' column ' || l.objsubid END,
                   l.provider || ': ' || l.label, ''
            FROM pg_seclabel l JOIN pg_class c ON l.classoid = 'pg_class'::regclass
              AND l.objoid = c.oid
            UNION ALL
            SELECT 'pg_proc'::regclass, p.oid, p.pronamespace, 'extension-dependency',
                   'function ' || q.signature || ' on ' || x.extname, '',
                   'function:' || n.nspname || '.' || q.signature
            FROM pg_depend d
            JOIN pg_extension x ON x.oid = d.refobjid
            JOIN pg_proc p ON p.oid = d.objid
            JOIN pg_namespace n ON n.oid = p.pronamespace
            CROSS JOIN LATERAL (
              SELECT p.proname || '(' || oidvectortypes(p.proargtypes) || ')' AS signature) q
            WHERE d.deptype = 'x' AND d.classid = 'pg_proc'::regclass
            UNION ALL
            SELECT 'pg_class'::regclass, c.oid, c.relnamespace, 'extension-dependency',
                   CASE WHEN i.indrelid IS NULL THEN 'materialized view ' ELSE 'index ' END
                     || c.relname || ' on ' || x.extname, '',
                   CASE WHEN i.indrelid IS NULL
                        THEN 'materialized-view:' || n.nspname || '.' || c.relname
                        ELSE 'index:' || n.nspname || '.' || t.relname || '.' || c.relname END
            FROM pg_depend d
            JOIN pg_extension x ON x.oid = d.refobjid
            JOIN pg_class c ON c.oid = d.objid
            JOIN pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_index i ON i.indexrelid = c.oid
            LEFT JOIN pg_class t ON t.oid = i.indrelid
            WHERE d.deptype = 'x' AND d.classid = 'pg_class'::regclass
            UNION ALL
            SELECT 'pg_trigger'::regclass, g.oid, c.relnamespace, 'extension-dependency',
                   'trigger ' || g.tgname || ' of ' || c.relname || ' on ' || x.extname, '',
                   'trigger:' || n.nspname || '.' || c.relname || '.' || g.tgname
            FROM pg_depend d
            JOIN pg_extension x ON x.oid = d.refobjid
            JOIN pg_trigger g ON g.oid = d.objid
            JOIN pg_class c ON c.oid = g.tgrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE d.deptype = 'x' AND d.classid = 'pg_trigger'::regclass
          ) q
          JOIN s ON s.oid = q.namespace
          -- As an array it comes down into each part, before what is not asked for is printed.
          WHERE q.namespace = ANY (ARRAY(SELECT oid FROM s))
            AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = q.class AND e.objid = q.oid
                            AND e.deptype = 'e')
          """;
}
