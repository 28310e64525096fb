-- settings_json and project_storage hold the same, whoever writes: exact in both directions, so that a
-- rollback loses nothing. contract/1_project_storage.sql takes this away again.

-- A legacy name was written; at most one row per application and minute, and no waiting for it.
CREATE FUNCTION public.note_legacy_use(what text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO public.legacy_use AS u (application_name, name, minute, last_seen)
    VALUES (current_setting('application_name'), what, date_trunc('minute', clock_timestamp()), clock_timestamp())
    ON CONFLICT (application_name, name, minute) DO NOTHING
$$;

-- One key of the policy, where it is text; anything else stays in metadata_json as it is.
CREATE FUNCTION public.storage_text(settings jsonb, key text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN jsonb_typeof(settings -> 'storage' -> key) = 'string'
                 AND (key <> 'mode' OR settings -> 'storage' ->> key IN ('local', 's3'))
                THEN settings -> 'storage' ->> key END
$$;
-- What the columns do not take.
CREATE FUNCTION public.storage_rest(settings jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN jsonb_typeof(settings -> 'storage') = 'object'
                THEN jsonb_set(settings, '{storage}', (settings -> 'storage') - ARRAY(
                         SELECT key FROM unnest(ARRAY['mode', 'base_dir', 'bucket', 'prefix', 'region']) AS key
                         WHERE public.storage_text(settings, key) IS NOT NULL))
                ELSE settings END
$$;
-- And back.
CREATE FUNCTION public.storage_settings(mode text, base_dir text, bucket text, prefix text, region text, rest jsonb)
RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN coalesce(mode, base_dir, bucket, prefix, region) IS NULL THEN rest
                ELSE jsonb_set(coalesce(rest, '{}'), '{storage}',
                         CASE WHEN jsonb_typeof(rest -> 'storage') = 'object' THEN rest -> 'storage' ELSE '{}' END
                         || jsonb_strip_nulls(jsonb_build_object('mode', mode, 'base_dir', base_dir, 'bucket', bucket,
                                                                 'prefix', prefix, 'region', region))) END
$$;

CREATE FUNCTION public.store_settings(project uuid, settings jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO public.project_storage AS s
        (project_id, storage_mode, local_base_dir, s3_bucket, s3_prefix, s3_region, metadata_json)
    VALUES (project, public.storage_text(settings, 'mode'), public.storage_text(settings, 'base_dir'),
            public.storage_text(settings, 'bucket'), public.storage_text(settings, 'prefix'),
            public.storage_text(settings, 'region'), public.storage_rest(settings))
    ON CONFLICT (project_id) DO UPDATE
       SET storage_mode = EXCLUDED.storage_mode, local_base_dir = EXCLUDED.local_base_dir,
           s3_bucket = EXCLUDED.s3_bucket, s3_prefix = EXCLUDED.s3_prefix, s3_region = EXCLUDED.s3_region,
           metadata_json = EXCLUDED.metadata_json
     WHERE (s.storage_mode, s.local_base_dir, s.s3_bucket, s.s3_prefix, s.s3_region, s.metadata_json)
           IS DISTINCT FROM (EXCLUDED.storage_mode, EXCLUDED.local_base_dir, EXCLUDED.s3_bucket,
                             EXCLUDED.s3_prefix, EXCLUDED.s3_region, EXCLUDED.metadata_json)
$$;

CREATE FUNCTION public.settings_to_storage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.settings_json IS NULL THEN
        -- The new build may have written the policy in this very statement.
        INSERT INTO public.project_storage (project_id) VALUES (NEW.id) ON CONFLICT DO NOTHING;
    ELSIF TG_OP = 'INSERT' OR NEW.settings_json IS DISTINCT FROM OLD.settings_json THEN
        PERFORM public.store_settings(NEW.id, NEW.settings_json);
        IF NEW.settings_json IS NOT NULL THEN
            PERFORM public.note_legacy_use('projects.settings_json');
        END IF;
    END IF;
    RETURN NULL;
END
$$;
CREATE FUNCTION public.storage_to_settings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE public.projects p
       SET settings_json = public.storage_settings(NEW.storage_mode, NEW.local_base_dir, NEW.s3_bucket,
                                                   NEW.s3_prefix, NEW.s3_region, NEW.metadata_json)
     WHERE p.id = NEW.project_id
       AND p.settings_json IS DISTINCT FROM public.storage_settings(NEW.storage_mode, NEW.local_base_dir,
               NEW.s3_bucket, NEW.s3_prefix, NEW.s3_region, NEW.metadata_json);
    RETURN NULL;
END
$$;

-- Only what a client itself writes: the other trigger's own statement is one level deeper.
CREATE TRIGGER settings_to_storage AFTER INSERT OR UPDATE OF settings_json ON public.projects
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION public.settings_to_storage();
CREATE TRIGGER storage_to_settings AFTER INSERT OR UPDATE OF storage_mode, local_base_dir, s3_bucket, s3_prefix,
        s3_region, metadata_json ON public.project_storage
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION public.storage_to_settings();
