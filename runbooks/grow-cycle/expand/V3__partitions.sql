-- What makes and detaches partitions, also without Rubicon: scripts/partitions.sql and scripts/retention.sql call these.
-- A partition holds one month, in UTC; what no partition takes goes to the default one, so no client is refused.
CREATE FUNCTION public.ensure_month_partitions(parent regclass, since timestamptz, months_ahead integer) RETURNS SETOF text
LANGUAGE plpgsql SET timezone = 'UTC' SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    family text := regexp_replace((SELECT relname FROM pg_class WHERE oid = parent), '_next$', '');
    home   text := (SELECT relnamespace::regnamespace::text FROM pg_class WHERE oid = parent);
    month  timestamptz;
    name   text;
BEGIN
    IF to_regclass(format('%s.%I', home, family || '_default')) IS NULL THEN
        EXECUTE format('CREATE TABLE %s.%I PARTITION OF %s DEFAULT', home, family || '_default', parent);
        RETURN NEXT family || '_default';
    END IF;
    FOR month IN SELECT generate_series(date_trunc('month', since), date_trunc('month', now()) + make_interval(months => months_ahead), interval '1 month') LOOP
        name := family || to_char(month, '_YYYY_MM');
        IF to_regclass(format('%s.%I', home, name)) IS NULL THEN
            EXECUTE format('CREATE TABLE %s.%I PARTITION OF %s FOR VALUES FROM (%L) TO (%L)',
                           home, name, parent, month, month + interval '1 month');
            RETURN NEXT name;
        END IF;
    END LOOP;
END
$$;

-- Retention: whole months that ended before the limit are detached and stay as tables of their own, to be dumped or dropped.
CREATE FUNCTION public.detach_month_partitions(parent regclass, keep interval) RETURNS SETOF text
LANGUAGE plpgsql SET timezone = 'UTC' SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    child regclass;
BEGIN
    FOR child IN
        SELECT i.inhrelid FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
         WHERE i.inhparent = parent AND c.relname ~ '_\d{4}_\d{2}$'
           AND to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month' <= now() - keep
         ORDER BY c.relname LOOP
        EXECUTE format('ALTER TABLE %s DETACH PARTITION %s', parent, child);
        RETURN NEXT child::text;
    END LOOP;
END
$$;
