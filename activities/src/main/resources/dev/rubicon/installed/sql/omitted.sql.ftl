CREATE OR REPLACE FUNCTION rubicon.omitted(flags text, flag bigint, given anyelement)
  RETURNS anyelement LANGUAGE plpgsql VOLATILE AS $rubicon$
-- The default of a column calls this for each row of an INSERT that does not name the column. It
-- raises the column's flag in a setting, which the trigger reads and clears, and returns the
-- column's own default.
DECLARE
  raised bigint := coalesce(nullif(pg_catalog.current_setting(flags, true), ''), '0')::bigint;
BEGIN
  IF raised & flag <> 0 THEN
    PERFORM rubicon.refuse_row_in_row(flags);
  END IF;
  PERFORM pg_catalog.set_config(flags, (raised | flag)::pg_catalog.text, true);
  RETURN given;
END
$rubicon$
