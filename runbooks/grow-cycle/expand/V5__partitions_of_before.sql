-- A partition for each month, in UTC, from the oldest row of today until three months ahead, and a default one, so that no
-- client is refused. Those of later come from the functions that the runbook's section "partitions" has, without Rubicon.
DO $$
DECLARE
    owner  text := (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'public.zones'::regclass);
    plain  record;
    oldest timestamptz;
    month  timestamp;
    made   text;
BEGIN
    FOR plain IN SELECT * FROM (VALUES ('telemetry_samples', 'ts AT TIME ZONE ''UTC'''), ('commands', 'created_at'), ('zone_events', 'created_at'))
                            AS t (name, moment) LOOP
        EXECUTE format('SELECT coalesce(min(%s), now()) FROM public.%I', plain.moment, plain.name) INTO oldest;
        FOR month IN SELECT generate_series(date_trunc('month', oldest AT TIME ZONE 'UTC'),
                                            date_trunc('month', now() AT TIME ZONE 'UTC') + interval '3 months', interval '1 month') LOOP
            made := plain.name || to_char(month, '_YYYY_MM');
            EXECUTE format('CREATE TABLE public.%I PARTITION OF public.%I FOR VALUES FROM (%L) TO (%L)', made, plain.name || '_next',
                           month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
            EXECUTE format('ALTER TABLE public.%I OWNER TO %I', made, owner);
        END LOOP;
        made := plain.name || '_default';
        EXECUTE format('CREATE TABLE public.%I PARTITION OF public.%I DEFAULT', made, plain.name || '_next');
        EXECUTE format('ALTER TABLE public.%I OWNER TO %I', made, owner);
    END LOOP;
END
$$;
