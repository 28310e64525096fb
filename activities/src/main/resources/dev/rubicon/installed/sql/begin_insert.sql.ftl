CREATE OR REPLACE FUNCTION rubicon.begin_insert() RETURNS trigger
  LANGUAGE plpgsql AS $rubicon$
-- BEFORE INSERT, once for each statement (a WITH query is part of it): no statement inherits flags that rubicon.omitted() raised
-- for another. Those of a statement around this one (a function in its column list inserts here) are
-- kept in a second setting, as "flags:place"; rubicon.end_insert() brings them back.
DECLARE
  flags pg_catalog.text := coalesce(nullif(pg_catalog.current_setting(TG_ARGV[0], true), ''), '0');
  around pg_catalog.text := coalesce(pg_catalog.current_setting(TG_ARGV[1], true), '');
  place pg_catalog.text;
BEGIN
  GET DIAGNOSTICS place = PG_CONTEXT;
  place := rubicon.place(place);
  IF flags <> '0' THEN
    PERFORM pg_catalog.set_config(TG_ARGV[0], '', true);
  END IF;
  PERFORM pg_catalog.set_config(TG_ARGV[1], flags || ':' || place || ' ' || around, true);
  RETURN NULL;
END
$rubicon$
