CREATE OR REPLACE FUNCTION rubicon.restore_flags() RETURNS trigger
  LANGUAGE plpgsql AS $rubicon$
-- AFTER INSERT or UPDATE, once for each statement: the flags of the statement around this one count
-- again. An UPDATE that began while no flags were up has put nothing away.
DECLARE
  around pg_catalog.text := coalesce(pg_catalog.current_setting(TG_ARGV[1], true), '');
  flags pg_catalog.text := pg_catalog.split_part(around, ':', 1);
  place pg_catalog.text;
BEGIN
  IF pg_catalog.texteq(TG_OP, 'UPDATE') THEN
    GET DIAGNOSTICS place = PG_CONTEXT;
    IF NOT pg_catalog.starts_with(flags, 'u')
       OR pg_catalog.textne(
         pg_catalog.split_part(pg_catalog.split_part(around, ' ', 1), ':', 2),
         rubicon.calling_statement(place)) THEN
      RETURN NULL;
    END IF;
    flags := pg_catalog.substr(flags, 2);
  END IF;
  PERFORM pg_catalog.set_config(TG_ARGV[0], CASE WHEN pg_catalog.texteq(flags, '0') THEN '' ELSE flags END, true);
  PERFORM pg_catalog.set_config(
    TG_ARGV[1], pg_catalog.substr(around, pg_catalog.strpos(around, ' ') OPERATOR(pg_catalog.+) 1), true);
  RETURN NULL;
END
$rubicon$
