CREATE OR REPLACE FUNCTION rubicon.defer_checks(relation pg_catalog.oid) RETURNS void
  LANGUAGE plpgsql AS $rubicon$
-- Of a relation's constraints, and of the foreign keys that point at it: the triggers on a relation are
-- indexed, the keys that point at it are not. By their names now: pg_constraint shows a transaction
-- with an older snapshot what they were. Not where the schema has a constraint of the same name that
-- is not deferrable: SET CONSTRAINTS would take that for an error.
DECLARE
  names pg_catalog.text;
BEGIN
  SELECT pg_catalog.string_agg(DISTINCT pg_catalog.format('%I.%I', a.object_names[1], a.object_names[3]), ', ')
    INTO names
    FROM pg_catalog.pg_trigger t
    JOIN pg_catalog.pg_constraint c ON c.oid OPERATOR(pg_catalog.=) t.tgconstraint,
         LATERAL pg_catalog.pg_identify_object_as_address('pg_catalog.pg_constraint'::pg_catalog.regclass, c.oid, 0) a
    WHERE t.tgrelid OPERATOR(pg_catalog.=) relation
      AND c.condeferrable
      AND c.contype OPERATOR(pg_catalog.<>) 't'::pg_catalog."char"
      AND a.object_names IS NOT NULL
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint s
                      WHERE s.conname OPERATOR(pg_catalog.=) c.conname
                        AND s.connamespace OPERATOR(pg_catalog.=) c.connamespace
                        AND NOT s.condeferrable);
  IF names IS NOT NULL THEN
    EXECUTE pg_catalog.format('SET CONSTRAINTS %s DEFERRED', names);
  END IF;
END
$rubicon$
