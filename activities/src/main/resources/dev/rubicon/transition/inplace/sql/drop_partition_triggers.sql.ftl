[#--
  Takes the statement triggers off every partition, wherever it is by now: it may have another name,
  or have been detached. All have the plan's setting as their first argument.
--]
DO $rubicon$
DECLARE
  one pg_catalog.record;
BEGIN
  FOR one IN SELECT t.tgname, t.tgrelid FROM pg_catalog.pg_trigger t
             WHERE t.tgfoid OPERATOR(pg_catalog.=) ANY (ARRAY[
                     pg_catalog.to_regproc('rubicon.save_flags')::pg_catalog.oid,
                     pg_catalog.to_regproc('rubicon.restore_flags')::pg_catalog.oid])
               AND pg_catalog.starts_with(
                     pg_catalog.encode(t.tgargs, 'escape'), ${firstArgument})
             ORDER BY t.tgrelid, t.tgname LOOP
    EXECUTE pg_catalog.format('DROP TRIGGER %I ON %s', one.tgname, one.tgrelid::pg_catalog.regclass);
  END LOOP;
END
$rubicon$
