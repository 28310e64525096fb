CREATE OR REPLACE FUNCTION rubicon.postpone_checks() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
-- BEFORE a client's statement on one side: the other side gets its rows one by one, so what PostgreSQL
-- checks there at a statement's end (foreign keys, deferrable constraints) waits for the last one.
-- Arguments: the other side's OID, and whether rubicon.settle_checks() is to check it. Where this
-- side's clients can defer constraints of theirs it waits for COMMIT: nobody can ask whether they have.
DECLARE
  open pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.open_statements', true), '');
  waiting pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.waiting_checks', true), '');
  other pg_catalog.oid := TG_ARGV[0]::pg_catalog.oid;
BEGIN
  IF pg_catalog.texteq(open, '') THEN
    open := '0';
  END IF;
  PERFORM pg_catalog.set_config(
    'rubicon.open_statements',
    (open::pg_catalog.int4 OPERATOR(pg_catalog.+) 1)::pg_catalog.text,
    true);
  -- As the first row would; from here on neither its name nor its constraints change hands.
  EXECUTE pg_catalog.format('LOCK TABLE ONLY %s IN ROW EXCLUSIVE MODE', other::pg_catalog.regclass);
  BEGIN
    PERFORM rubicon.set_constraints(rubicon.deferrable_constraints(other, true), 'DEFERRED');
  EXCEPTION WHEN wrong_object_type OR undefined_object THEN
    -- A key elsewhere that an abort has just given back as it was, or that its owner has renamed.
    RETURN NULL;
  END;
  IF pg_catalog.texteq(TG_ARGV[1], 'settles') THEN
    IF pg_catalog.texteq(waiting, '') THEN
      waiting := '{}';
    END IF;
    PERFORM pg_catalog.set_config(
      'rubicon.waiting_checks',
      pg_catalog.array_cat(
        waiting::pg_catalog.oid[], rubicon.deferrable_constraints(other, false))::pg_catalog.text,
      true);
  END IF;
  RETURN NULL;
END
$rubicon$
