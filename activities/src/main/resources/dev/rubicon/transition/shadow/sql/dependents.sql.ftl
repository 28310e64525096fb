[#--
  What hangs on the legacy relation and does not follow to canonical: kind, name, what the owner must
  know, and, where contract takes it away, the statement that does.
--]
WITH open AS (
  -- A mirrored write fires it inside a function of the engine's, which has Rubicon's rights.
  SELECT g.oid AS trigger,
         f.prolang NOT IN (SELECT l.oid FROM pg_language l WHERE l.lanname IN ('c', 'internal'))
         AND NOT f.prosecdef
         AND NOT EXISTS (SELECT FROM unnest(f.proconfig) s WHERE s LIKE 'search_path=%') AS way,
         format('it runs with Rubicon''s rights, and finds names by that client''s search path:'
                ' ALTER FUNCTION %s SET search_path = (its schemas), pg_temp', f.oid::regprocedure) AS says
  FROM pg_trigger g JOIN pg_proc f ON f.oid = g.tgfoid
  WHERE g.tgrelid IN (${legacy}::bigint::oid, ${canonical}::bigint::oid) AND NOT g.tgisinternal
    AND g.tgname NOT LIKE '!rubicon%')
SELECT 'view', v.oid::regclass::text,
       'goes on reading ' || ? || ', which contract takes away: rebuild it over canonical',
       format('DROP %s IF EXISTS %s CASCADE',
              CASE v.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END,
              v.oid::regclass)
FROM pg_class v
WHERE v.relkind IN ('v', 'm')
  AND v.oid IN (SELECT r.ev_class FROM pg_rewrite r
                JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = ${legacy}::bigint::oid
                  AND r.ev_class <> ${legacy}::bigint::oid)
UNION ALL
SELECT 'trigger', g.tgname, 'fires on ' || ? || ' only, until contract: canonical has its own, or none'
       || CASE WHEN open.way THEN '; and where a client of canonical writes, ' || open.says ELSE '' END, NULL
FROM pg_trigger g JOIN open ON open.trigger = g.oid
WHERE g.tgrelid = ${legacy}::bigint::oid
UNION ALL
SELECT 'canonical-trigger', g.tgname, 'is canonical''s: where a client of ' || ? || ' writes, ' || open.says, NULL
FROM pg_trigger g JOIN open ON open.trigger = g.oid
WHERE g.tgrelid = ${canonical}::bigint::oid AND open.way
UNION ALL
SELECT 'policy', p.polname, 'guards ' || ? || ' only: canonical needs its own', NULL
FROM pg_policy p WHERE p.polrelid = ${legacy}::bigint::oid
UNION ALL
SELECT 'column-privilege', a.attname, 'is granted on ' || ? || ' by column: grant it on canonical', NULL
FROM pg_attribute a WHERE a.attrelid = ${legacy}::bigint::oid AND a.attacl IS NOT NULL
UNION ALL
SELECT 'sequence', s.relname,
       'is used by ' || string_agg(used.by, ', ' ORDER BY used.by) || ': draw from canonical''s', NULL
FROM pg_depend o JOIN pg_class s ON s.oid = o.objid AND s.relkind = 'S'
CROSS JOIN LATERAL (
  SELECT 'function ' || p.oid::regprocedure
         || CASE WHEN p.prosqlbody IS NULL AND o.deptype = 'i' AND ?
                 THEN ' (until the cutover, which hides an identity column''s sequence)'
                 ELSE ' (until contract)' END
  FROM pg_proc p
  WHERE p.pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
    AND (p.prosrc ~ ('\m' || regexp_replace(s.relname, '(\W)', '\\\1', 'g') || '\M')
         OR p.oid IN (SELECT u.objid FROM pg_depend u
                      WHERE u.classid = 'pg_proc'::regclass AND u.refobjid = s.oid))
  UNION ALL
  SELECT 'the default of ' || d.adrelid::regclass || '.' || quote_ident(a.attname) || ' (until contract)'
  FROM pg_depend u JOIN pg_attrdef d ON d.oid = u.objid
  JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
  WHERE u.classid = 'pg_attrdef'::regclass AND u.refobjid = s.oid
    AND d.adrelid NOT IN (${legacy}::bigint::oid, ${canonical}::bigint::oid)) used (by)
WHERE o.classid = 'pg_class'::regclass AND o.refclassid = 'pg_class'::regclass
  AND o.deptype IN ('a', 'i') AND o.refobjid = ${legacy}::bigint::oid
GROUP BY s.relname, o.deptype
ORDER BY 1, 2
