[#--
  What the short form of a change cannot carry over: what it is, and what the owner can do. Parameters: the
  columns that get another type, those that get another name, and the object ids of all tables that are changed together.
--]
WITH changed AS (SELECT ?::text[] AS columns, ?::text[] AS renamed), family AS (SELECT ?::bigint[]::oid[] AS tables),
     t AS (SELECT c.* FROM pg_class c WHERE c.oid = ${table}::bigint::oid)
SELECT 'it is of type ' || t.reloftype::regtype, 'ALTER TABLE ' || t.oid::regclass || ' NOT OF'
FROM t WHERE t.reloftype <> 0
UNION ALL
SELECT 'its access method is ' || m.amname, 'leave it as it is'
FROM t JOIN pg_am m ON m.oid = t.relam WHERE m.amname <> 'heap'
UNION ALL
SELECT format('%s lies in the tablespace %s', r.oid::regclass, s.spcname), 'ALTER … SET TABLESPACE pg_default'
FROM t JOIN pg_class r ON r.oid = t.oid OR r.oid IN (SELECT i.indexrelid FROM pg_index i WHERE i.indrelid = t.oid)
JOIN pg_tablespace s ON s.oid = r.reltablespace
UNION ALL
SELECT 'index ' || i.indexrelid::regclass || ' is invalid', 'DROP INDEX CONCURRENTLY ' || i.indexrelid::regclass
FROM t JOIN pg_index i ON i.indrelid = t.oid WHERE NOT i.indisvalid
UNION ALL
SELECT 'statistics object ' || format('%I.%I', n.nspname, s.stxname),
       'drop it before, and make it again afterwards'
FROM t JOIN pg_statistic_ext s ON s.stxrelid = t.oid JOIN pg_namespace n ON n.oid = s.stxnamespace
UNION ALL
SELECT 'exclusion constraint ' || quote_ident(c.conname), 'drop it before, and make it again afterwards'
FROM t JOIN pg_constraint c ON c.conrelid = t.oid WHERE c.contype = 'x'
UNION ALL
SELECT 'constraint ' || quote_ident(c.conname) || ' is not validated',
       format('ALTER TABLE %s VALIDATE CONSTRAINT %I', t.oid::regclass, c.conname)
FROM t JOIN pg_constraint c ON c.conrelid = t.oid WHERE NOT c.convalidated
UNION ALL
SELECT format('generated column %I is computed of %I', g.attname, a.attname),
       'say in the long form what it is computed of then'
FROM t CROSS JOIN changed
JOIN pg_attribute g ON g.attrelid = t.oid AND g.attgenerated <> ''
JOIN pg_attrdef x ON x.adrelid = t.oid AND x.adnum = g.attnum
[#-- Until PostgreSQL 14 it is the column that depends, from 15 on its expression. --]
JOIN pg_depend d ON (d.classid = 'pg_attrdef'::regclass AND d.objid = x.oid
    OR d.classid = 'pg_class'::regclass AND d.objid = t.oid AND d.objsubid = g.attnum)
  AND d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid AND d.refobjsubid <> g.attnum
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid AND a.attname = ANY (changed.columns)
UNION ALL
SELECT format('identity column %I is no part of the primary key: its numbers would begin anew', a.attname),
       'give it a sequence of its own and a default first'
FROM t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attidentity <> ''
WHERE NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = t.oid AND i.indisprimary AND a.attnum = ANY (i.indkey))
UNION ALL
SELECT 'the sequence of an identity column, ' || s.oid::regclass || ', has a comment', 'take it away before'
FROM t JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
  AND d.refobjid = t.oid AND d.deptype = 'i'
JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
WHERE obj_description(s.oid, 'pg_class') IS NOT NULL
UNION ALL
SELECT format('sequence %s is %s''s, which draws from another or from none', s.oid::regclass, quote_ident(a.attname)),
       format('ALTER SEQUENCE %s OWNED BY NONE', s.oid::regclass)
FROM t JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
  AND d.refobjid = t.oid AND d.deptype = 'a'
JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
WHERE NOT EXISTS (SELECT FROM pg_attrdef x
                  JOIN pg_depend u ON u.classid = 'pg_attrdef'::regclass AND u.objid = x.oid AND u.refobjid = s.oid
                  WHERE x.adrelid = t.oid AND x.adnum = a.attnum)
UNION ALL
SELECT format('the function of trigger %I names %I', g.tgname, r.one),
       'let it find the column under either name (to_jsonb(NEW)) first'
FROM t CROSS JOIN changed CROSS JOIN unnest(changed.renamed) r (one)
JOIN pg_trigger g ON g.tgrelid = t.oid AND NOT g.tgisinternal JOIN pg_proc f ON f.oid = g.tgfoid
WHERE f.prosrc ~ ('\m' || regexp_replace(r.one, '(\W)', '\\\1', 'g') || '\M')
UNION ALL
SELECT 'view ' || v.oid::regclass || ' reads it',
       format('drop %s before, and make it again afterwards', v.oid::regclass)
FROM t JOIN pg_class v ON v.relkind IN ('v', 'm')
  AND v.oid IN (SELECT r.ev_class FROM pg_rewrite r
                JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid)
UNION ALL
SELECT 'rule ' || quote_ident(r.rulename) || ' rewrites what clients write', 'turn it into a trigger'
FROM t JOIN pg_rewrite r ON r.ev_class = t.oid
UNION ALL
SELECT pg_describe_object(d.classid, d.objid, d.objsubid) || ' uses its row type',
       'let it use columns instead'
FROM t JOIN pg_type y ON y.oid = t.reltype
JOIN pg_depend d ON d.refclassid = 'pg_type'::regclass AND d.refobjid IN (y.oid, y.typarray) AND d.deptype = 'n'
UNION ALL
SELECT DISTINCT pg_describe_object(d.classid, d.objid, 0) || ' is written over it',
       'write its body as text, so that it finds the table by its name'
FROM t JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid
UNION ALL
SELECT 'publication ' || quote_ident(p.pubname) || ' names it', 'take it out of the publication before'
FROM t JOIN pg_publication_rel r ON r.prrelid = t.oid JOIN pg_publication p ON p.oid = r.prpubid
UNION ALL
SELECT 'policy ' || quote_ident(p.polname) || ' asks other tables', 'let it call a function that does'
FROM t JOIN pg_policy p ON p.polrelid = t.oid
WHERE concat(p.polqual::text, p.polwithcheck::text) LIKE '%{SUBLINK%'
UNION ALL
SELECT format('foreign key %I of %s, which points at it, has a comment', c.conname, c.conrelid::regclass),
       'take the comment away before, and give it again afterwards'
FROM t CROSS JOIN family JOIN pg_constraint c ON c.confrelid = t.oid AND c.contype = 'f' AND c.conrelid <> ALL (family.tables)
WHERE obj_description(c.oid, 'pg_constraint') IS NOT NULL
UNION ALL
SELECT format('%s has a security label', pg_describe_object(l.classoid, l.objoid, l.objsubid)), 'take it away before'
FROM t JOIN pg_seclabel l ON l.classoid = 'pg_class'::regclass AND l.objoid = t.oid
ORDER BY 1
