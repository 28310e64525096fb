CREATE OR REPLACE FUNCTION rubicon.refuse_row_in_row() RETURNS void
  LANGUAGE plpgsql AS $rubicon$
-- While a statement computes a row, a WITH query of its own writes the same table: nothing tells
-- which of the rows leaves which columns to their defaults.
BEGIN
  RAISE EXCEPTION USING
    ERRCODE = 'feature_not_supported',
    MESSAGE = 'rubicon: one statement writes a table, and evaluates its defaults, while it computes '
              'a row for it',
    HINT = 'Use two statements, or read the WITH query in FROM and not in a subquery of the column '
           'list. DEFAULT in SET of a MERGE, and a table that copied the defaults (LIKE ... '
           'INCLUDING DEFAULTS), want a statement of their own, too.';
END
$rubicon$
