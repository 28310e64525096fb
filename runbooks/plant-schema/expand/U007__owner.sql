DO $$
DECLARE
    relation regclass;
BEGIN
    FOREACH relation IN ARRAY ARRAY['public.schema_migrations', 'public.plants', 'public.devices', 'public.telemetry',
                                    'public.alerts', 'public.settings', 'public.care_plans']::regclass[] LOOP
        EXECUTE format('ALTER TABLE %s OWNER TO %I', relation, current_user);
    END LOOP;
END
$$;
