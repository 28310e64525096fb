DROP TRIGGER IF EXISTS "!rubicon_rows" ON public.t;

DROP TRIGGER IF EXISTS "!rubicon_deletes" ON public.t;

DROP TRIGGER IF EXISTS "!rubicon_begins" ON public.t;

DROP TRIGGER IF EXISTS "!rubicon_ends" ON public.t;

DROP TRIGGER IF EXISTS "!rubicon_postpones" ON public.t;

DROP TRIGGER IF EXISTS "!rubicon_closed" ON public.t;

DROP TRIGGER IF EXISTS "!rubicon_rows" ON public.t_new;

DROP TRIGGER IF EXISTS "!rubicon_deletes" ON public.t_new;

DROP TRIGGER IF EXISTS "!rubicon_begins" ON public.t_new;

DROP TRIGGER IF EXISTS "!rubicon_ends" ON public.t_new;

DROP TRIGGER IF EXISTS "!rubicon_postpones" ON public.t_new;

DROP TRIGGER IF EXISTS "!rubicon_closed" ON public.t_new;

DO $rubicon$
DECLARE
  one pg_catalog.pg_trigger;
BEGIN
  FOR one IN SELECT t.* FROM pg_catalog.pg_trigger t
             WHERE t.tgfoid OPERATOR(pg_catalog.=) ANY (ARRAY[
               pg_catalog.to_regproc('rubicon."t_da01325d_truncate_up"')::pg_catalog.oid, pg_catalog.to_regproc('rubicon."t_da01325d_truncate_down"')::pg_catalog.oid]) LOOP
    EXECUTE pg_catalog.format('DROP TRIGGER %I ON %s', one.tgname, one.tgrelid::pg_catalog.regclass);
  END LOOP;
END
$rubicon$;

ALTER TABLE public.t_new ALTER COLUMN id DROP DEFAULT;

DROP FUNCTION IF EXISTS rubicon."t_da01325d_up"();

DROP FUNCTION IF EXISTS rubicon."t_da01325d_truncate_up"();

DROP FUNCTION IF EXISTS rubicon."t_da01325d_let_go_of_up";

DROP FUNCTION IF EXISTS rubicon."t_da01325d_let_go_up";

DROP FUNCTION IF EXISTS rubicon."t_da01325d_postpone_up"();

DROP FUNCTION IF EXISTS rubicon."t_da01325d_statement_up"();

DROP FUNCTION IF EXISTS rubicon."t_da01325d_carry_out_delete_up"(integer);

DROP FUNCTION IF EXISTS rubicon."t_da01325d_down"();

DROP FUNCTION IF EXISTS rubicon."t_da01325d_truncate_down"();

DROP FUNCTION IF EXISTS rubicon."t_da01325d_let_go_of_down";

DROP FUNCTION IF EXISTS rubicon."t_da01325d_let_go_down";

DROP FUNCTION IF EXISTS rubicon."t_da01325d_postpone_down"();

DROP FUNCTION IF EXISTS rubicon."t_da01325d_statement_down"();

DROP FUNCTION IF EXISTS rubicon."t_da01325d_carry_out_delete_down"(integer);

DROP FUNCTION IF EXISTS rubicon."t_da01325d_closed"();

DROP FUNCTION IF EXISTS rubicon."t_da01325d_next_number"();

DROP FUNCTION IF EXISTS rubicon."t_da01325d_up_1";

DROP FUNCTION IF EXISTS rubicon."t_da01325d_down_1";

DROP VIEW IF EXISTS rubicon."t_da01325d_legacy";

DROP VIEW IF EXISTS rubicon."t_da01325d_canonical";

