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
