-- Months to come, for cron: psql -X -f partitions.sql DATABASE; -v months=6 for other than 3. Says what it made; run again,
-- it makes nothing. The functions wait half a second at most for a lock; what fails then is made by the next run.
\set ON_ERROR_STOP 1
\if :{?months}
\else
\set months 3
\endif
SELECT public.telemetry_samples_ensure_partitions(now(), make_interval(months => :months));
SELECT public.commands_ensure_partitions(now(), make_interval(months => :months));
SELECT public.zone_events_ensure_partitions(now(), make_interval(months => :months));
