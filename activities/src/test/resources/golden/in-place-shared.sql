CREATE OR REPLACE FUNCTION rubicon.omitted(flags text, flag bigint, given anyelement)
  RETURNS anyelement LANGUAGE plpgsql VOLATILE AS $rubicon$
-- The default of a column calls this for each row of an INSERT that does not name the column. It
-- raises the column's flag in a setting, which the trigger reads and clears, and returns the
-- column's own default.
BEGIN
  PERFORM pg_catalog.set_config(
    flags,
    (coalesce(nullif(pg_catalog.current_setting(flags, true), ''), '0')::bigint | flag)::text,
    true);
  RETURN given;
END
$rubicon$;

CREATE OR REPLACE FUNCTION rubicon.named() RETURNS trigger
  LANGUAGE plpgsql AS $rubicon$
-- BEFORE UPDATE OF a column, on rows that are not filled yet: notes in _rubicon that the statement
-- names the column. The last trigger reads it: a column set to NULL was NULL before, too.
BEGIN
  NEW._rubicon := coalesce(NEW._rubicon, 0) | TG_ARGV[0]::bigint;
  RETURN NEW;
END
$rubicon$;

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
$rubicon$;

CREATE OR REPLACE FUNCTION rubicon.note_legacy_write(relation text, application_name text)
  RETURNS void LANGUAGE sql SECURITY DEFINER
-- A client still writes the legacy side after the cutover. SECURITY DEFINER: clients have no
-- privilege on the table, and need none.
BEGIN ATOMIC
  INSERT INTO rubicon.legacy_write (relation, application_name)
    VALUES (note_legacy_write.relation, note_legacy_write.application_name);
END;

