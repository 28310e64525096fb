CREATE OR REPLACE FUNCTION rubicon.captured() RETURNS trigger
  LANGUAGE plpgsql AS $rubicon$
-- BEFORE INSERT, before the triggers of the table's owner: moves the flags that rubicon.omitted()
-- raised into the row, as a negative number. A row that an owner's trigger drops takes its flags
-- with it; they must not reach the next row.
DECLARE
  omitted bigint :=
    coalesce(nullif(pg_catalog.current_setting(TG_ARGV[0], true), ''), '0')::bigint;
BEGIN
  IF NEW._rubicon IS NULL THEN
    NEW._rubicon := -omitted - 1;
  END IF;
  IF omitted <> 0 THEN
    PERFORM pg_catalog.set_config(TG_ARGV[0], '', true);
  END IF;
  RETURN NEW;
END
$rubicon$
