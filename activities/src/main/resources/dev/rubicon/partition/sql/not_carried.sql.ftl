[#--
  What a table has that the partitioned one, which is to take its place, has not: kind, name, what it is, and the statement
  that would bring it. Constraints and indexes count as the same by what they say, not by their names.
--]
WITH sides AS (
  SELECT ${legacy}::bigint::oid AS old, ${canonical}::bigint::oid AS new
), leaves AS (
  SELECT c.* FROM sides, pg_partition_tree(sides.new) t JOIN pg_class c ON c.oid = t.relid WHERE t.isleaf
), columns AS (
  SELECT o.attname AS name, o.attnum AS old_number, n.attnum AS new_number, o.attnotnull AND NOT n.attnotnull AS loses_not_null,
         pg_get_expr(d.adbin, d.adrelid) AS default_of_old, o.atthasdef AND o.attgenerated = '' AND NOT n.atthasdef
           AND n.attidentity = '' AND pg_get_expr(d.adbin, d.adrelid) NOT LIKE 'nextval(%' AS loses_default
  FROM sides JOIN pg_attribute o ON o.attrelid = sides.old AND o.attnum > 0 AND NOT o.attisdropped
  JOIN pg_attribute n ON n.attrelid = sides.new AND n.attname = o.attname AND n.attnum > 0 AND NOT n.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = o.attrelid AND d.adnum = o.attnum
)
SELECT CASE o.contype WHEN 'c' THEN 'check' ELSE 'foreign-key' END, o.conname::text, pg_get_constraintdef(o.oid),
       format('ALTER TABLE %s ADD CONSTRAINT %I %s', sides.new::regclass, o.conname, pg_get_constraintdef(o.oid))
FROM sides JOIN pg_constraint o ON o.conrelid = sides.old AND o.contype IN ('c', 'f')
WHERE NOT EXISTS (SELECT FROM pg_constraint n WHERE n.conrelid = sides.new AND n.contype = o.contype
                    AND pg_get_constraintdef(n.oid) = pg_get_constraintdef(o.oid))
UNION ALL
SELECT CASE WHEN i.indisunique THEN 'unique' ELSE 'index' END, c.relname::text, substring(pg_get_indexdef(i.indexrelid) FROM ' (USING .*)$'),
       CASE WHEN NOT i.indisunique
            THEN format('CREATE INDEX %I ON %s %s', c.relname || '_next', sides.new::regclass, substring(pg_get_indexdef(i.indexrelid) FROM ' (USING .*)$')) END
FROM sides JOIN pg_index i ON i.indrelid = sides.old JOIN pg_class c ON c.oid = i.indexrelid
WHERE NOT EXISTS (SELECT FROM pg_index n WHERE n.indrelid = sides.new AND n.indisunique = i.indisunique
                    AND substring(pg_get_indexdef(n.indexrelid) FROM ' (USING .*)$') = substring(pg_get_indexdef(i.indexrelid) FROM ' (USING .*)$'))
  -- A key that is wider by the partition key is what partitioning makes of it.
  AND NOT (i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL AND EXISTS (
        SELECT FROM pg_index n WHERE n.indrelid = sides.new AND n.indisunique AND n.indisprimary = i.indisprimary
          AND (SELECT array_agg(a.attname) FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey))
              <@ (SELECT array_agg(a.attname) FROM pg_attribute a WHERE a.attrelid = n.indrelid AND a.attnum = ANY (n.indkey))))
UNION ALL
SELECT 'not-null', name::text, 'NOT NULL', format('ALTER TABLE %s ALTER %I SET NOT NULL', sides.new::regclass, name)
FROM sides, columns WHERE loses_not_null
UNION ALL
SELECT 'default', name::text, default_of_old, format('ALTER TABLE %s ALTER %I SET DEFAULT %s', sides.new::regclass, name, default_of_old)
FROM sides, columns WHERE loses_default
UNION ALL
SELECT 'comment', coalesce(columns.name, '')::text, d.description,
       CASE WHEN d.objsubid = 0 THEN format('COMMENT ON TABLE %s IS %L', sides.new::regclass, d.description)
            ELSE format('COMMENT ON COLUMN %s.%I IS %L', sides.new::regclass, columns.name, d.description) END
FROM sides JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = sides.old
LEFT JOIN columns ON columns.old_number = d.objsubid
WHERE (d.objsubid = 0 OR columns.name IS NOT NULL)
  AND NOT EXISTS (SELECT FROM pg_description n WHERE n.classoid = d.classoid AND n.objoid = sides.new
                    AND n.objsubid = CASE WHEN d.objsubid = 0 THEN 0 ELSE columns.new_number END AND n.description = d.description)
UNION ALL
SELECT 'storage-parameters', '', array_to_string(o.reloptions, ', '),
       (SELECT string_agg(format('ALTER TABLE %s SET (%s)', l.oid::regclass, array_to_string(o.reloptions, ', ')), '; ' ORDER BY l.relname)
        FROM leaves l WHERE NOT coalesce(l.reloptions, '{}') @> o.reloptions)
FROM sides JOIN pg_class o ON o.oid = sides.old
WHERE o.reloptions IS NOT NULL AND EXISTS (SELECT FROM leaves l WHERE NOT coalesce(l.reloptions, '{}') @> o.reloptions)
UNION ALL
SELECT 'replica-identity', '', CASE o.relreplident WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING' ELSE 'USING INDEX' END,
       CASE WHEN o.relreplident <> 'i' THEN
         (SELECT string_agg(format('ALTER TABLE %s REPLICA IDENTITY %s', l.oid::regclass, CASE o.relreplident WHEN 'f' THEN 'FULL' ELSE 'NOTHING' END),
                            '; ' ORDER BY l.relname) FROM leaves l WHERE l.relreplident <> o.relreplident) END
FROM sides JOIN pg_class o ON o.oid = sides.old
WHERE o.relreplident <> 'd' AND EXISTS (SELECT FROM leaves l WHERE l.relreplident <> o.relreplident)
ORDER BY 1, 2
