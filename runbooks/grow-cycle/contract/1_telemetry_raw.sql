-- telemetry_raw over the table that took over: the columns that old readers know are the sensor's now.
DROP VIEW IF EXISTS public.telemetry_raw;
CREATE VIEW public.telemetry_raw AS
SELECT t.id, t.sensor_id, s.zone_id, s.node_id, s.type AS metric_type, s.label AS channel, t.value, t.raw, t.ts
  FROM public.telemetry_samples t JOIN public.sensors s ON s.id = t.sensor_id;
DO $$
BEGIN
    EXECUTE format('ALTER VIEW public.telemetry_raw OWNER TO %I',
                   (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'public.zones'::regclass));
END
$$;
-- The key by sensor, of the index that expand has built.
ALTER TABLE public.telemetry_last DROP CONSTRAINT telemetry_last_pkey,
    ADD CONSTRAINT telemetry_last_pkey PRIMARY KEY USING INDEX telemetry_last_sensor_id_unique;
-- Nobody writes legacy's columns any more: no sensor comes of them.
DROP FUNCTION public.register_sensor() CASCADE;
