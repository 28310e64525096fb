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
