[#--
  The statement trigger of a partitioned relation, before and after: keeps the list of the
  statements that are under way, innermost last, as "U1;I2;", and carries out a DELETE that no
  INSERT of the statement took for a move.
--]
[#import "home.sql.ftl" as homes]
CREATE FUNCTION ${function}() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
DECLARE
  depth integer := pg_catalog.pg_trigger_depth();
  statements pg_catalog.text := coalesce(pg_catalog.current_setting('${statements}', true), '');
BEGIN
[@homes.refuse home=home/]
  IF pg_catalog.texteq(TG_WHEN, 'BEFORE') THEN
    PERFORM pg_catalog.set_config('${statements}', pg_catalog.concat(statements, pg_catalog.left(TG_OP, 1), depth, ';'), true);
    RETURN NULL;
  END IF;
  IF pg_catalog.textne(coalesce(pg_catalog.current_setting(pg_catalog.concat('${waitingDelete}_', depth), true), ''), '') THEN
    PERFORM ${carryOut}(depth);
  END IF;
  -- The innermost statement of this kind at this depth, or the next, has ended.
  PERFORM pg_catalog.set_config('${statements}', pg_catalog.regexp_replace(statements,
    pg_catalog.concat('^(.*)', pg_catalog.left(TG_OP, 1), '(', depth, '|', depth OPERATOR(pg_catalog.+) 1, ');'),
    '\1'), true);
  RETURN NULL;
END
$rubicon$
