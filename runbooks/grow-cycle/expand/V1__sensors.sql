-- A sensor is what legacy says with four columns: zone, node, metric and channel. Its number never changes hands: what
-- identifies it is not updated, so both sides of a row always lead to each other.
CREATE TABLE public.sensors (
    id         bigserial PRIMARY KEY,
    zone_id    bigint NOT NULL CONSTRAINT sensors_zone_id_foreign REFERENCES public.zones (id),
    node_id    bigint CONSTRAINT sensors_node_id_foreign REFERENCES public.nodes (id),
    type       varchar(64) NOT NULL,
    label      varchar(64),
    unit       varchar(16),
    is_active  boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX sensors_identity_unique
    ON public.sensors (zone_id, coalesce(node_id, 0), type, coalesce(label, ''));

CREATE FUNCTION public.sensor_of(zone bigint, node bigint, metric text, channel text) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.id FROM public.sensors s
     WHERE s.zone_id = $1 AND coalesce(s.node_id, 0) = coalesce($2, 0) AND s.type = $3 AND coalesce(s.label, '') = coalesce($4, '')
$$;
CREATE FUNCTION public.sensor_zone(sensor bigint) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS 'SELECT s.zone_id FROM public.sensors s WHERE s.id = $1';
CREATE FUNCTION public.sensor_node(sensor bigint) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS 'SELECT s.node_id FROM public.sensors s WHERE s.id = $1';
CREATE FUNCTION public.sensor_metric(sensor bigint) RETURNS varchar
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS 'SELECT s.type FROM public.sensors s WHERE s.id = $1';
CREATE FUNCTION public.sensor_channel(sensor bigint) RETURNS varchar
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS 'SELECT s.label FROM public.sensors s WHERE s.id = $1';

-- The old build knows no sensors: what it writes for the first time makes one. Read first, so that no number is lost.
CREATE FUNCTION public.register_sensor() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    channel text := nullif(NEW.channel, '');
    node    bigint := nullif(NEW.node_id, 0);
BEGIN
    IF NEW.zone_id IS NOT NULL AND public.sensor_of(NEW.zone_id, node, NEW.metric_type, channel) IS NULL THEN
        INSERT INTO public.sensors (zone_id, node_id, type, label) VALUES (NEW.zone_id, node, NEW.metric_type, channel)
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NEW;
END
$$;
DO $$
DECLARE
    owner text := (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'public.zones'::regclass);
BEGIN
    EXECUTE format('ALTER TABLE public.sensors OWNER TO %I', owner);
END
$$;
