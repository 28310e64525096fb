-- Months that ended longer ago than they are kept, for cron: psql -X -f retention.sql DATABASE; -v keep='90 days' for other
-- than a year. They are detached, not dropped: dump them and drop them, or attach them again.
\set ON_ERROR_STOP 1
\if :{?keep}
\else
\set keep '12 months'
\endif
SELECT public.telemetry_samples_detach_older_than(:'keep');
SELECT public.commands_detach_older_than(:'keep');
SELECT public.zone_events_detach_older_than(:'keep');
