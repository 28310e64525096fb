DROP PROCEDURE IF EXISTS public.read_run_logs_of_before(integer);
DROP PROCEDURE IF EXISTS public.store_settings_of_before(integer);
