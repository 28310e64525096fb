CREATE OR REPLACE FUNCTION rubicon.note_named() RETURNS trigger
  LANGUAGE plpgsql AS $rubicon$
-- BEFORE UPDATE OF a column, on rows that are not filled yet: notes in _rubicon that the statement
-- names the column. The last trigger reads it: a column set to NULL was NULL before, too. Below zero
-- are bits that the function of "!rubicon_0_given" has noted, all inverted.
BEGIN
  IF NEW._rubicon OPERATOR(pg_catalog.<) 0 THEN
    NEW._rubicon := NEW._rubicon OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) TG_ARGV[0]::bigint;
  ELSE
    NEW._rubicon := coalesce(NEW._rubicon, 0) OPERATOR(pg_catalog.|) TG_ARGV[0]::bigint;
  END IF;
  RETURN NEW;
END
$rubicon$
