[#--
  Carries out a DELETE that waited for the INSERT which would have shown it to be a move between
  partitions. Not SECURITY DEFINER: only the engine's own trigger functions call it.
--]
[#import "counterpart.sql.ftl" as counterpart]
[#import "exact.sql.ftl" as exact]
CREATE FUNCTION ${function}(depth integer) RETURNS void
  LANGUAGE plpgsql AS $rubicon$
#variable_conflict use_column
DECLARE
[#if takenAlong??]
  counterpart ${target}%ROWTYPE;
  taken_along pg_catalog.text;
[/#if]
  waiting_delete_setting pg_catalog.text := pg_catalog.concat('${moves.waitingDelete}_', depth);
  row_before             ${source}%ROWTYPE;
  outer_guard_key        pg_catalog.text := coalesce(pg_catalog.current_setting('${guard.key}', true), '');
  outer_guard_key_before pg_catalog.text := coalesce(pg_catalog.current_setting('${guard.keyBefore}', true), '');
  key_before      pg_catalog.text;
  isolation       pg_catalog.text := pg_catalog.current_setting('transaction_isolation');
  frozen_snapshot boolean := pg_catalog.texteq(isolation, 'repeatable read')
                             OR pg_catalog.texteq(isolation, 'serializable');
BEGIN
  row_before := (pg_catalog.current_setting(waiting_delete_setting)::pg_catalog.text[])[4]::${source};
  PERFORM pg_catalog.set_config(waiting_delete_setting, '', true);
  PERFORM 1 FROM ${source} f WHERE ${event.isBefore};
  IF FOUND THEN
    -- The row has been inserted again: it counts as the same row.
    PERFORM pg_catalog.set_config('${moved.key}', ${event.beforeKey}, true);
[@exact.as_text indent="    "]
      PERFORM pg_catalog.set_config('${moved.row}', ROW(${event.beforeColumns})::pg_catalog.text, true);
[/@exact.as_text]
    RETURN;
  END IF;
[#if pairs.before?has_content]
  -- The snapshot does not show a younger pair of keys either: inserting it again raises 40001.
  IF frozen_snapshot THEN
[#list pairs.before as pair]
    PERFORM ${pair};
[/#list]
  END IF;
[/#if]
  key_before := ${other.keyBefore};
  [@counterpart.takeBack indent="  "/]
  PERFORM pg_catalog.set_config('${guard.key}', pg_catalog.concat('${way}:', key_before), true);
  PERFORM pg_catalog.set_config('${guard.keyBefore}', '', true);
  [@counterpart.remove indent="  "/]
  PERFORM pg_catalog.set_config('${guard.key}', outer_guard_key, true);
  PERFORM pg_catalog.set_config('${guard.keyBefore}', outer_guard_key_before, true);
END
$rubicon$
