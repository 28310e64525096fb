DROP FUNCTION public.register_sensor();
DROP FUNCTION public.sensor_channel(bigint);
DROP FUNCTION public.sensor_metric(bigint);
DROP FUNCTION public.sensor_node(bigint);
DROP FUNCTION public.sensor_zone(bigint);
DROP FUNCTION public.sensor_of(bigint, bigint, text, text);
DROP TABLE public.sensors;
