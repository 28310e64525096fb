[#-- Takes the TRUNCATE triggers off wherever they are by now: a partition may have been detached. --]
DO $rubicon$
DECLARE
  one pg_catalog.pg_trigger;
BEGIN
  FOR one IN SELECT t.* FROM pg_catalog.pg_trigger t
             WHERE t.tgfoid OPERATOR(pg_catalog.=) ANY (ARRAY[
               pg_catalog.to_regproc(${up})::pg_catalog.oid, pg_catalog.to_regproc(${down})::pg_catalog.oid]) LOOP
    EXECUTE pg_catalog.format('DROP TRIGGER %I ON %s', one.tgname, one.tgrelid::pg_catalog.regclass);
  END LOOP;
END
$rubicon$
