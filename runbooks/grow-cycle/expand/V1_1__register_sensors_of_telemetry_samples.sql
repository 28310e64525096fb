CREATE TRIGGER register_sensor BEFORE INSERT OR UPDATE ON public.telemetry_samples
    FOR EACH ROW EXECUTE FUNCTION public.register_sensor();
