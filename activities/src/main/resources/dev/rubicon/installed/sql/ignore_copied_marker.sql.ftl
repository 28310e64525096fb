CREATE OR REPLACE FUNCTION rubicon.ignore_copied_marker() RETURNS trigger
  LANGUAGE plpgsql AS $rubicon$
-- BEFORE UPDATE OF _rubicon, on rows that are not filled yet: a client that sets every column of the
-- row from another one. The other row's marker says nothing of this one.
BEGIN
  NEW._rubicon := NULL;
  RETURN NEW;
END
$rubicon$
