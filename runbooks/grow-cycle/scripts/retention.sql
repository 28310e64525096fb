-- Months that ended longer ago than they are kept, for cron: psql -X -f retention.sql DATABASE; -v keep='90 days' for other
-- than a year. They are detached, not dropped: dump them and drop them, or attach them again.
\set ON_ERROR_STOP 1
\if :{?keep}
\else
\set keep '365 days'
\endif
SET lock_timeout = '2s';
SELECT public.detach_month_partitions('public.telemetry_samples', :'keep');
SELECT public.detach_month_partitions('public.commands', :'keep');
SELECT public.detach_month_partitions('public.zone_events', :'keep');
