CREATE TABLE public.telemetry (
    time          timestamptz NOT NULL,
    device_id     text REFERENCES public.devices (id),
    plant_id      text REFERENCES public.plants (id),
    soil_moisture double precision,
    temperature   double precision,
    humidity      double precision,
    light_level   double precision
);
CREATE INDEX idx_telemetry_device_time ON public.telemetry (device_id, time DESC);
CREATE INDEX idx_telemetry_plant_time ON public.telemetry (plant_id, time DESC);

-- A hypertable where the extension is created in this database, a plain table where not: same columns, same indexes.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'timescaledb') THEN
        PERFORM create_hypertable('public.telemetry', 'time', create_default_indexes => false);
    ELSE
        RAISE WARNING 'timescaledb is not there: public.telemetry is a plain table';
    END IF;
END
$$;
