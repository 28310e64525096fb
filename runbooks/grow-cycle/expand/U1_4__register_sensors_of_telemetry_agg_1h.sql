DROP TRIGGER register_sensor ON public.telemetry_agg_1h;
