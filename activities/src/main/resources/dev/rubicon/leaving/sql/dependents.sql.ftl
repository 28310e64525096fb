-- What is not a part of the relation and cannot go on without it, or would follow it into the archive.
WITH numbers AS (
  SELECT d.objid AS oid FROM pg_catalog.pg_depend d
  JOIN pg_catalog.pg_class s ON s.oid = d.objid AND s.relkind = 'S'
  WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
    AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = ${relation}::pg_catalog.oid
    AND d.deptype IN ('a', 'i'))
SELECT pg_catalog.concat('foreign key ', c.conname, ' of ', c.conrelid::pg_catalog.regclass)
FROM pg_catalog.pg_constraint c
WHERE c.contype = 'f' AND c.confrelid = ${relation}::pg_catalog.oid AND c.conrelid <> c.confrelid AND c.conparentid = 0
UNION
SELECT pg_catalog.pg_describe_object('pg_catalog.pg_class'::pg_catalog.regclass, r.ev_class, 0)
FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
WHERE d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
  AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = ${relation}::pg_catalog.oid
  AND r.ev_class <> d.refobjid
UNION
SELECT pg_catalog.pg_describe_object(d.classid, d.objid, 0)
FROM pg_catalog.pg_depend d
WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.deptype = 'n'
  AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = ${relation}::pg_catalog.oid
UNION
SELECT pg_catalog.concat('default of ', a.adrelid::pg_catalog.regclass, ', which draws from ', n.oid::pg_catalog.regclass)
FROM numbers n
JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = n.oid
JOIN pg_catalog.pg_attrdef a ON d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND a.oid = d.objid
WHERE a.adrelid <> ${relation}::pg_catalog.oid
UNION
SELECT pg_catalog.concat('table ', i.inhrelid::pg_catalog.regclass, ', which inherits from it')
FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = ${relation}::pg_catalog.oid AND NOT c.relispartition
ORDER BY 1
