CREATE OR REPLACE FUNCTION rubicon.settle_checks() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
-- AFTER a client's statement, when all its rows are on the other side: what rubicon.postpone_checks()
-- made wait is checked. One WITH query writes several relations: the last of its statements checks.
DECLARE
  open pg_catalog.int4 := pg_catalog.current_setting('rubicon.open_statements')::pg_catalog.int4
    OPERATOR(pg_catalog.-) 1;
  waiting pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.waiting_checks', true), '');
BEGIN
  PERFORM pg_catalog.set_config('rubicon.open_statements', open::pg_catalog.text, true);
  IF open OPERATOR(pg_catalog.=) 0 AND pg_catalog.textne(waiting, '') THEN
    PERFORM pg_catalog.set_config('rubicon.waiting_checks', '', true);
    PERFORM rubicon.set_constraints(waiting::pg_catalog.oid[], 'IMMEDIATE');
  END IF;
  RETURN NULL;
END
$rubicon$
