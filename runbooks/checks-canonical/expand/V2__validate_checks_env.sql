-- A transaction of its own: the scan holds SHARE UPDATE EXCLUSIVE only, and clients go on.
ALTER TABLE public.checks VALIDATE CONSTRAINT ck_checks_env;
