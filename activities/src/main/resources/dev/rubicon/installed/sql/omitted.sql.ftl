CREATE OR REPLACE FUNCTION rubicon.omitted(flags text, flag bigint, given anyelement)
  RETURNS anyelement LANGUAGE plpgsql VOLATILE AS $rubicon$
-- The default of a column calls this for each row of an INSERT that does not name the column. It
-- raises the column's flag in a setting, which the trigger reads and clears, and returns the
-- column's own default.
DECLARE
  raised bigint := coalesce(nullif(pg_catalog.current_setting(flags, true), ''), '0')::bigint;
  around pg_catalog.text;
  place pg_catalog.text;
BEGIN
  IF raised & flag <> 0 THEN
    -- It is up for another row: of the same statement, or of one elsewhere, of which nobody knows
    -- (a default that was copied to another table).
    GET DIAGNOSTICS place = PG_CONTEXT;
    around := pg_catalog.current_setting(
      pg_catalog.replace(flags, 'rubicon.omitted_', 'rubicon.outer_'), true);
    IF pg_catalog.split_part(pg_catalog.split_part(around, ' ', 1), ':', 2)
       = rubicon.place(place) THEN
      PERFORM rubicon.row_in_row();
    END IF;
  END IF;
  PERFORM pg_catalog.set_config(flags, (raised | flag)::pg_catalog.text, true);
  RETURN given;
END
$rubicon$
