-- The backend connects as the owner of its database: the tables, and the sequences with them, are his and not Rubicon's.
DO $$
DECLARE
    relation regclass;
BEGIN
    FOREACH relation IN ARRAY ARRAY['public.schema_migrations', 'public.plants', 'public.devices', 'public.telemetry',
                                    'public.alerts', 'public.settings', 'public.care_plans']::regclass[] LOOP
        EXECUTE format('ALTER TABLE %s OWNER TO %I', relation,
                       (SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()));
    END LOOP;
END
$$;
