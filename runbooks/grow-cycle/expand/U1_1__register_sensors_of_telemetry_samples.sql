DROP TRIGGER register_sensor ON public.telemetry_samples;
