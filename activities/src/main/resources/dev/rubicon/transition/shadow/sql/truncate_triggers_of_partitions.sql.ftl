[#--
  Gives the TRUNCATE trigger to a partitioned relation's own level and to all below it: TRUNCATE of a
  single partition fires that partition's trigger only. Foreign tables can have none.
--]
DO $rubicon$
DECLARE
  one pg_catalog.regclass;
BEGIN
  FOR one IN SELECT p.relid FROM pg_catalog.pg_partition_tree(${table}) p
             JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) p.relid
               AND c.relkind OPERATOR(pg_catalog.<>) 'f'::pg_catalog."char" LOOP
    EXECUTE pg_catalog.format(${create}, one);
    EXECUTE pg_catalog.format(${always}, one);
  END LOOP;
END
$rubicon$
