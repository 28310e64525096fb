CREATE OR REPLACE FUNCTION rubicon.note_leaving_write()
  RETURNS trigger LANGUAGE plpgsql
-- A client writes a relation that goes without a successor: noted once per session and minute.
AS $rubicon$
DECLARE
  noted pg_catalog.text := pg_catalog.concat('rubicon.leaving_', TG_RELID);
  slot  pg_catalog.text := pg_catalog.concat(
    pg_catalog.to_char(pg_catalog.clock_timestamp(), 'YYYY-MM-DD HH24:MI '),
    pg_catalog.current_setting('application_name'));
BEGIN
  IF NOT pg_catalog.texteq(coalesce(pg_catalog.current_setting(noted, true), ''), slot) THEN
    PERFORM pg_catalog.set_config(noted, slot, false);
    PERFORM rubicon.note_legacy_write(
      pg_catalog.concat(TG_TABLE_SCHEMA, '.', TG_TABLE_NAME), pg_catalog.current_setting('application_name'));
  END IF;
  RETURN NULL;
END
$rubicon$
