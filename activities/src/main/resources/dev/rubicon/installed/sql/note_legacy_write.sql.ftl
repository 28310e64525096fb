CREATE OR REPLACE FUNCTION rubicon.note_legacy_write(relation text, application_name text)
  RETURNS void LANGUAGE sql SECURITY DEFINER
-- A client still writes the legacy side after the cutover. SECURITY DEFINER: clients have no
-- privilege on the table, and need none. Called from a trigger only: whoever could call it by itself
-- could hold up contract.
BEGIN ATOMIC
  INSERT INTO rubicon.legacy_write (relation, application_name)
    SELECT note_legacy_write.relation, note_legacy_write.application_name
    WHERE pg_catalog.pg_trigger_depth() OPERATOR(pg_catalog.>) 0;
END
