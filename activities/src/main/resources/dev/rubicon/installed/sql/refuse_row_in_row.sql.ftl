CREATE OR REPLACE FUNCTION rubicon.refuse_row_in_row(flags text) RETURNS void
  LANGUAGE plpgsql AS $rubicon$
-- A column's flag is up already: while a statement computes a row, a WITH query of its own writes
-- the same table. Nothing tells which of the two rows leaves which columns to their defaults.
-- A default that was copied to another table is evaluated in another place: that is no such row.
DECLARE
  around pg_catalog.text := coalesce(pg_catalog.current_setting(
    pg_catalog.replace(flags, 'rubicon.omitted_', 'rubicon.outer_'), true), '');
  place pg_catalog.text;
BEGIN
  GET DIAGNOSTICS place = PG_CONTEXT;
  -- Without the lines of this function and of rubicon.omitted().
  place := pg_catalog.regexp_replace(place, '^.*?PL/pgSQL function rubicon\.omitted[^\n]*', '');
  IF pg_catalog.split_part(pg_catalog.split_part(around, ' ', 1), ':', 2) = rubicon.place(place) THEN
    RAISE EXCEPTION USING
      ERRCODE = 'feature_not_supported',
      MESSAGE = 'rubicon: a WITH query inserts into a table while the same statement computes a row '
                'for it',
      HINT = 'Read the WITH query in FROM, not in a subquery of the column list, '
             'or use two statements.';
  END IF;
END
$rubicon$
