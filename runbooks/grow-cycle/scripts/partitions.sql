-- Months to come, for cron: psql -X -v ON_ERROR_STOP=1 -f partitions.sql DATABASE; -v months=6 for other than 3. Says what
-- it made; run again, it makes nothing. Waits 2 s at most for a lock.
\set ON_ERROR_STOP 1
\if :{?months}
\else
\set months 3
\endif
SET lock_timeout = '2s';
SELECT public.ensure_month_partitions('public.telemetry_samples', now(), :months);
SELECT public.ensure_month_partitions('public.commands', now(), :months);
SELECT public.ensure_month_partitions('public.zone_events', now(), :months);
