CREATE OR REPLACE FUNCTION rubicon.named() RETURNS trigger
  LANGUAGE plpgsql AS $rubicon$
-- BEFORE UPDATE OF a column, on rows that are not filled yet: notes in _rubicon that the statement
-- names the column. The last trigger reads it: a column set to NULL was NULL before, too.
BEGIN
  NEW._rubicon := coalesce(NEW._rubicon, 0) | TG_ARGV[0]::bigint;
  RETURN NEW;
END
$rubicon$
