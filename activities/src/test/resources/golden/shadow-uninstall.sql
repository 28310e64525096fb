DROP TRIGGER IF EXISTS "!rubicon_rows" ON public.t;

DROP TRIGGER IF EXISTS "!rubicon_deletes" ON public.t;

DROP TRIGGER IF EXISTS "!rubicon_truncates" ON public.t;

DROP TRIGGER IF EXISTS "!rubicon_begins" ON public.t;

DROP TRIGGER IF EXISTS "!rubicon_ends" ON public.t;

DROP TRIGGER IF EXISTS "!rubicon_rows" ON public.t_new;

DROP TRIGGER IF EXISTS "!rubicon_deletes" ON public.t_new;

DROP TRIGGER IF EXISTS "!rubicon_truncates" ON public.t_new;

DROP TRIGGER IF EXISTS "!rubicon_begins" ON public.t_new;

DROP TRIGGER IF EXISTS "!rubicon_ends" ON public.t_new;

ALTER TABLE public.t_new ALTER COLUMN id DROP DEFAULT;

DROP FUNCTION IF EXISTS rubicon."t_da01325d_up"();

DROP FUNCTION IF EXISTS rubicon."t_da01325d_truncate_up"();

DROP FUNCTION IF EXISTS rubicon."t_da01325d_statement_up"();

DROP FUNCTION IF EXISTS rubicon."t_da01325d_down"();

DROP FUNCTION IF EXISTS rubicon."t_da01325d_truncate_down"();

DROP FUNCTION IF EXISTS rubicon."t_da01325d_statement_down"();

DROP FUNCTION IF EXISTS rubicon."t_da01325d_next"();

DROP FUNCTION IF EXISTS rubicon."t_da01325d_up_1";

DROP FUNCTION IF EXISTS rubicon."t_da01325d_down_1";

DROP VIEW IF EXISTS rubicon."t_da01325d_legacy";

DROP VIEW IF EXISTS rubicon."t_da01325d_canonical";

