[#--
  Rows of the other side that point at a row there, and whose own side does not any more, are given
  what they point at by now: called before that row is deleted or gets another key. The statement
  that deletes a row may take others from it, and their events come later: without this, a foreign
  key of the other side would delete or change them first, and that would be followed.

  f is a row of this side, t its counterpart, which points at the row in question: $1, of the
  relation "there". Which foreign keys there are is asked each time: canonical gets its own with the
  verification. Not SECURITY DEFINER: only the engine's own trigger functions call it.
--]
CREATE FUNCTION ${function}(pointed_at anyelement, there pg_catalog.oid) RETURNS void
  LANGUAGE plpgsql AS $rubicon$
DECLARE
  key         record;
  outer_guard pg_catalog.text := coalesce(pg_catalog.current_setting('${guard}', true), '');
  those       pg_catalog.text;
  counterpart pg_catalog.text;  -- its key
BEGIN
  FOR key IN
    SELECT pg_catalog.string_agg(
             pg_catalog.format('($1).%I OPERATOR(%I.%s) t.%I', theirs.attname, n.nspname, o.oprname, ours.attname),
             ' AND ') AS points,
           pg_catalog.string_agg(pg_catalog.format('%I = %s', ours.attname, col.value), ', ') AS sets,
           pg_catalog.string_agg(col.differs, ' OR ') AS differs
    FROM pg_catalog.pg_constraint c
    CROSS JOIN LATERAL ROWS FROM (
      pg_catalog.unnest(c.conkey), pg_catalog.unnest(c.confkey), pg_catalog.unnest(c.conpfeqop)) AS k (ours, theirs, equal)
    JOIN pg_catalog.pg_attribute ours ON ours.attrelid OPERATOR(pg_catalog.=) c.conrelid AND ours.attnum OPERATOR(pg_catalog.=) k.ours
    JOIN pg_catalog.pg_attribute theirs ON theirs.attrelid OPERATOR(pg_catalog.=) c.confrelid AND theirs.attnum OPERATOR(pg_catalog.=) k.theirs
    JOIN pg_catalog.pg_operator o ON o.oid OPERATOR(pg_catalog.=) k.equal
    JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) o.oprnamespace
    LEFT JOIN (VALUES [#list columns as column](${column.name}, ${column.value}, ${column.differs})[#sep],
      [/#sep][/#list]) AS col (name, value, differs) ON pg_catalog.texteq(col.name, ours.attname::pg_catalog.text)
[#if partitioned]
    WHERE c.conrelid OPERATOR(pg_catalog.=) ANY (ARRAY(SELECT p.relid::pg_catalog.oid FROM pg_catalog.pg_partition_tree(${oid}::pg_catalog.oid) p))
[#else]
    WHERE c.conrelid OPERATOR(pg_catalog.=) ${oid}::pg_catalog.oid
[/#if]
      AND c.contype OPERATOR(pg_catalog.=) 'f'::pg_catalog."char"
      AND c.conparentid OPERATOR(pg_catalog.=) 0::pg_catalog.oid
      AND coalesce(pg_catalog.pg_partition_root(c.confrelid)::pg_catalog.oid, c.confrelid) OPERATOR(pg_catalog.=) there
    GROUP BY c.oid
    HAVING pg_catalog.count(col.name) OPERATOR(pg_catalog.>) 0
  LOOP
    those := pg_catalog.concat(${isCounterpart}, ' AND ', key.points, ' AND (', key.differs, ')');
    FOR counterpart IN EXECUTE pg_catalog.concat(
      'SELECT ', ${key}, ' FROM ${target} t JOIN ${source} f ON ', those) USING pointed_at
    LOOP
      PERFORM pg_catalog.set_config('${guard}', pg_catalog.concat('${way}:', counterpart), true);
      EXECUTE pg_catalog.concat(
        'UPDATE ${target} AS t SET ', key.sets, ' FROM ${source} f WHERE ', those,
        ' AND pg_catalog.texteq(', ${key}, ', $2)') USING pointed_at, counterpart;
    END LOOP;
    PERFORM pg_catalog.set_config('${guard}', outer_guard, true);
  END LOOP;
END
$rubicon$
