DO $$
DECLARE
    part regclass;
BEGIN
    FOR part IN SELECT inhrelid FROM pg_inherits
                 WHERE inhparent IN ('public.telemetry_samples_next'::regclass, 'public.commands_next'::regclass, 'public.zone_events_next'::regclass) LOOP
        EXECUTE format('DROP TABLE %s', part);
    END LOOP;
END
$$;
