[#--
  Lets go of a row of the other side whatever points at it there, of every relation of the rollout.
  A transition that is installed later, or is removed already, has no function yet, or none any more.
  By the dependency: unlike the relation that a constraint points at, it is indexed. A foreign key may
  be a single partition's, or point at one.
--]
CREATE FUNCTION ${function}(pointed_at ${target}) RETURNS void
  LANGUAGE plpgsql AS $rubicon$
DECLARE
  let_go pg_catalog.text;
BEGIN
  FOR let_go IN
    SELECT DISTINCT pointing.let_go
      FROM pg_catalog.pg_depend d
      JOIN pg_catalog.pg_constraint c ON c.oid OPERATOR(pg_catalog.=) d.objid
      JOIN (VALUES [#list pointing as one](${one.oid}::pg_catalog.oid, ${one.function})[#sep],
        [/#sep][/#list]) AS pointing (relation, let_go)
        ON pointing.relation OPERATOR(pg_catalog.=) coalesce(pg_catalog.pg_partition_root(c.conrelid)::pg_catalog.oid, c.conrelid)
      WHERE d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
[#if partitioned]
        AND d.refobjid OPERATOR(pg_catalog.=) ANY (ARRAY(SELECT p.relid::pg_catalog.oid FROM pg_catalog.pg_partition_tree(${oid}::pg_catalog.oid) p))
[#else]
        AND d.refobjid OPERATOR(pg_catalog.=) ${oid}::pg_catalog.oid
[/#if]
        AND d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_constraint'::pg_catalog.regclass
        AND c.contype OPERATOR(pg_catalog.=) 'f'::pg_catalog."char"
        AND c.confrelid OPERATOR(pg_catalog.=) d.refobjid
        AND pg_catalog.to_regproc(pointing.let_go) IS NOT NULL
  LOOP
    EXECUTE pg_catalog.concat('SELECT ', let_go, '($1, $2)') USING pointed_at, ${oid}::pg_catalog.oid;
  END LOOP;
END
$rubicon$
