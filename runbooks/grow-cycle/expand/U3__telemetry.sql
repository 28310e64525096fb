DROP TABLE public.telemetry_samples_next;
