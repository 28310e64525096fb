CREATE OR REPLACE FUNCTION rubicon.save_flags() RETURNS trigger
  LANGUAGE plpgsql AS $rubicon$
-- BEFORE INSERT, once for each statement (a WITH query is part of it): no statement inherits flags
-- that rubicon.omitted() raised for another. Those of a statement around this one (a function in
-- its column list inserts here) are kept in a second setting, as "flags:place"
-- (an UPDATE's begin with u);
-- rubicon.restore_flags() brings them back. BEFORE UPDATE, too, while flags are up.
DECLARE
  flags pg_catalog.text := coalesce(pg_catalog.current_setting(TG_ARGV[0], true), '');
  around pg_catalog.text := coalesce(pg_catalog.current_setting(TG_ARGV[1], true), '');
  place pg_catalog.text;
BEGIN
  GET DIAGNOSTICS place = PG_CONTEXT;
  place := rubicon.calling_statement(place);
  IF pg_catalog.texteq(flags, '') THEN
    flags := '0';
  ELSE
    IF pg_catalog.texteq(pg_catalog.split_part(pg_catalog.split_part(around, ' ', 1), ':', 2), place) THEN
      PERFORM rubicon.refuse_row_in_row();  -- a WITH query of the same statement
    END IF;
    PERFORM pg_catalog.set_config(TG_ARGV[0], '', true);
  END IF;
  PERFORM pg_catalog.set_config(
    TG_ARGV[1],
    pg_catalog.concat(
      CASE WHEN pg_catalog.texteq(TG_OP, 'UPDATE') THEN 'u' ELSE '' END,
      flags, ':', place, ' ', around),
    true);
  IF pg_catalog.texteq(TG_OP, 'INSERT')
     AND pg_catalog.textne(pg_catalog.current_setting(TG_ARGV[2], true), '') THEN
    PERFORM pg_catalog.set_config(TG_ARGV[2], '', true);  -- no row is on its way to a partition
  END IF;
  RETURN NULL;
END
$rubicon$
