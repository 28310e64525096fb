-- The sensors of all rows that are there; those to come are registered by V1.1 to V1.5. Telemetry is only read.
INSERT INTO public.sensors (zone_id, node_id, type, label)
SELECT zone_id, nullif(node_id, 0), metric_type, nullif(channel, '') FROM public.telemetry_samples
UNION SELECT zone_id, nullif(node_id, 0), metric_type, nullif(channel, '') FROM public.telemetry_last
UNION SELECT zone_id, nullif(node_id, 0), metric_type, nullif(channel, '') FROM public.telemetry_agg_1m
UNION SELECT zone_id, nullif(node_id, 0), metric_type, nullif(channel, '') FROM public.telemetry_agg_1h
UNION SELECT zone_id, nullif(node_id, 0), metric_type, nullif(channel, '') FROM public.telemetry_agg_daily
ON CONFLICT DO NOTHING;
