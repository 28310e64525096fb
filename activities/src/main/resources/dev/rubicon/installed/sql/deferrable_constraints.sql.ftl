CREATE OR REPLACE FUNCTION rubicon.deferrable_constraints(relation pg_catalog.oid)
  RETURNS pg_catalog.oid[]
  LANGUAGE plpgsql STABLE AS $rubicon$
-- Of a relation, and of the foreign keys that point at it: the triggers on a relation are indexed, the
-- keys that point at it are not. Not where the schema has a constraint of the same name that is not
-- deferrable: SET CONSTRAINTS would take that for an error.
BEGIN
  RETURN ARRAY(
    SELECT DISTINCT c.oid
    FROM pg_catalog.pg_trigger t
    JOIN pg_catalog.pg_constraint c ON c.oid OPERATOR(pg_catalog.=) t.tgconstraint
    WHERE t.tgrelid OPERATOR(pg_catalog.=) relation
      AND c.condeferrable
      AND c.contype OPERATOR(pg_catalog.<>) 't'::pg_catalog."char"
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint s
                      WHERE s.conname OPERATOR(pg_catalog.=) c.conname
                        AND s.connamespace OPERATOR(pg_catalog.=) c.connamespace
                        AND NOT s.condeferrable));
END
$rubicon$
