-- Six tables and the migration runner's own, as the hand-over describes them.

CREATE TABLE public.schema_migrations (
    version    text PRIMARY KEY,
    applied_at timestamptz DEFAULT now()
);

CREATE TABLE public.plants (
    id         text PRIMARY KEY,
    name       text NOT NULL,
    species    text,
    thresholds jsonb,
    created_at timestamptz DEFAULT now()
);

CREATE TABLE public.devices (
    id                 text PRIMARY KEY,
    mac_address        text UNIQUE,
    mqtt_username      text UNIQUE,
    mqtt_password_hash text NOT NULL,
    plant_id           text REFERENCES public.plants (id),
    status             text DEFAULT 'provisioning',
    firmware_version   text,
    sensor_types       jsonb,
    last_seen_at       timestamptz,
    created_at         timestamptz DEFAULT now()
);
CREATE INDEX idx_devices_plant_id ON public.devices (plant_id);
CREATE INDEX idx_devices_status ON public.devices (status);

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

CREATE TABLE public.alerts (
    id        serial PRIMARY KEY,
    plant_id  text REFERENCES public.plants (id),
    device_id text REFERENCES public.devices (id),
    metric    text NOT NULL,
    value     double precision NOT NULL,
    threshold double precision NOT NULL,
    direction text NOT NULL,
    sent_at   timestamptz DEFAULT now()
);
CREATE INDEX idx_alerts_plant_sent ON public.alerts (plant_id, sent_at DESC);

CREATE TABLE public.settings (
    key        text PRIMARY KEY,
    value      text NOT NULL,
    updated_at timestamptz DEFAULT now()
);

CREATE TABLE public.care_plans (
    id           serial PRIMARY KEY,
    plant_id     text UNIQUE REFERENCES public.plants (id),
    plan_data    jsonb NOT NULL,
    generated_at timestamptz DEFAULT now()
);
