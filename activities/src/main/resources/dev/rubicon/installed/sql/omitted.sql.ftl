CREATE OR REPLACE FUNCTION rubicon.omitted(flags text, flag bigint, given anyelement)
  RETURNS anyelement LANGUAGE plpgsql VOLATILE AS $rubicon$
-- The default of a column calls this for each row of an INSERT that does not name the column. It
-- raises the column's flag in a setting, which the trigger reads and clears, and returns the
-- column's own default.
DECLARE
  up pg_catalog.text := pg_catalog.current_setting(flags, true);
  raised bigint := CASE WHEN pg_catalog.textne(up, '') THEN up::bigint ELSE 0 END;
  around pg_catalog.text;
  place pg_catalog.text;
BEGIN
  IF raised OPERATOR(pg_catalog.&) flag OPERATOR(pg_catalog.<>) 0 THEN
    -- It is up already, for another row: of this statement, or of another table that has copied the
    -- default and has no trigger that clears it.
    GET DIAGNOSTICS place = PG_CONTEXT;
    around := pg_catalog.current_setting(
      pg_catalog.replace(flags, 'rubicon.omitted_', 'rubicon.outer_'), true);
    IF pg_catalog.texteq(
         pg_catalog.split_part(pg_catalog.split_part(around, ' ', 1), ':', 2),
         rubicon.calling_statement(place)) THEN
      PERFORM rubicon.refuse_row_in_row();
    END IF;
  END IF;
  PERFORM pg_catalog.set_config(flags, (raised OPERATOR(pg_catalog.|) flag)::pg_catalog.text, true);
  RETURN given;
END
$rubicon$
