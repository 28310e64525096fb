CREATE OR REPLACE FUNCTION rubicon.set_constraints(
    constraints pg_catalog.oid[], mode pg_catalog.text) RETURNS void
  LANGUAGE plpgsql AS $rubicon$
-- By their names now: pg_constraint shows a transaction with an older snapshot what they were.
DECLARE
  names pg_catalog.text;
BEGIN
  SELECT pg_catalog.string_agg(pg_catalog.format('%I.%I', a.object_names[1], a.object_names[3]), ', ')
    INTO names
    FROM pg_catalog.unnest(constraints) o,
         LATERAL pg_catalog.pg_identify_object_as_address('pg_catalog.pg_constraint'::pg_catalog.regclass, o, 0) a
    WHERE a.object_names IS NOT NULL;
  IF names IS NOT NULL THEN
    EXECUTE pg_catalog.format('SET CONSTRAINTS %s %s', names, mode);
  END IF;
END
$rubicon$
