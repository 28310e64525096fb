CREATE OR REPLACE FUNCTION rubicon.forget_flags(flags text, outside text, context text)
  RETURNS void LANGUAGE plpgsql AS $rubicon$
-- Called for an updated row while flags are up: SET column = DEFAULT raised them, for no INSERT.
-- Where the UPDATE runs inside of the INSERT of another row (a function), they are that row's.
DECLARE
  place pg_catalog.text := pg_catalog.split_part(
    pg_catalog.split_part(pg_catalog.current_setting(outside, true), ' ', 1), ':', 2);
BEGIN
  IF place IS NULL OR pg_catalog.texteq(place, '')
     OR pg_catalog.texteq(place, rubicon.calling_statement(context)) THEN
    PERFORM pg_catalog.set_config(flags, '', true);
  END IF;
END
$rubicon$
