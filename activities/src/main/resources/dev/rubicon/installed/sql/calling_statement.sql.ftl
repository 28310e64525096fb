CREATE OR REPLACE FUNCTION rubicon.calling_statement(context text) RETURNS text
  LANGUAGE sql IMMUTABLE
-- Which statement of which call a trigger runs in: PG_CONTEXT without the trigger's own line.
RETURN pg_catalog.md5(pg_catalog.substr(
  context,
  pg_catalog.strpos(pg_catalog.concat(context, pg_catalog.chr(10)), pg_catalog.chr(10))
    OPERATOR(pg_catalog.+) 1))
