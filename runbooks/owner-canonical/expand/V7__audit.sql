-- Row 11: four kinds of mutation leave a row each, whichever build makes them. Part of canonical: they stay.
-- Who did it is the setting app.actor of the session; one that is no user's id stands in the details, and fails no write.
-- No reference of a secret is written down.
CREATE FUNCTION public.audit(project uuid, what text, kind text, id uuid, details jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    actor text := nullif(current_setting('app.actor', true), '');
BEGIN
    INSERT INTO public.audit_events (project_id, actor_user_id, action, entity_kind, entity_id, details_json)
    VALUES (project, actor::uuid, what, kind, id, details);
EXCEPTION WHEN invalid_text_representation OR foreign_key_violation THEN
    INSERT INTO public.audit_events (project_id, action, entity_kind, entity_id, details_json)
    VALUES (project, what, kind, id, details || jsonb_build_object('actor', left(actor, 100)));
END
$$;

CREATE FUNCTION public.audit_secret() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The reference under its legacy name, as long as there is one: the backfill changes none.
    IF TG_OP = 'UPDATE' AND OLD.provider = NEW.provider
       AND coalesce(to_jsonb(OLD) ->> 'key_ref', to_jsonb(OLD) ->> 'kms_key_ref')
           IS NOT DISTINCT FROM coalesce(to_jsonb(NEW) ->> 'key_ref', to_jsonb(NEW) ->> 'kms_key_ref') THEN
        RETURN NULL;
    END IF;
    PERFORM public.audit(CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE NEW.project_id END, 'secret.' || lower(TG_OP),
                         'project_api_secrets', coalesce(NEW.id, OLD.id),
                         jsonb_build_object('provider', coalesce(NEW.provider, OLD.provider)));
    RETURN NULL;
END
$$;
CREATE TRIGGER audit_secret AFTER INSERT OR UPDATE OR DELETE ON public.project_api_secrets
    FOR EACH ROW EXECUTE FUNCTION public.audit_secret();

CREATE FUNCTION public.audit_storage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM public.audit(NEW.project_id, 'storage.update', 'project_storage', NEW.project_id,
                         jsonb_build_object('storage_mode', NEW.storage_mode));
    RETURN NULL;
END
$$;
CREATE TRIGGER audit_storage_set AFTER INSERT ON public.project_storage
    FOR EACH ROW WHEN (NEW.storage_mode IS NOT NULL OR NEW.metadata_json IS NOT NULL)
    EXECUTE FUNCTION public.audit_storage();
CREATE TRIGGER audit_storage_changed AFTER UPDATE ON public.project_storage
    FOR EACH ROW WHEN ((OLD.storage_mode, OLD.local_base_dir, OLD.s3_bucket, OLD.s3_prefix, OLD.s3_region, OLD.metadata_json)
        IS DISTINCT FROM (NEW.storage_mode, NEW.local_base_dir, NEW.s3_bucket, NEW.s3_prefix, NEW.s3_region, NEW.metadata_json))
    EXECUTE FUNCTION public.audit_storage();

CREATE FUNCTION public.audit_export() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM public.audit(NEW.project_id, 'export.create', 'project_exports', NEW.id,
                         jsonb_build_object('format', NEW.format));
    RETURN NULL;
END
$$;
CREATE TRIGGER audit_export AFTER INSERT ON public.project_exports
    FOR EACH ROW EXECUTE FUNCTION public.audit_export();

CREATE FUNCTION public.audit_instruction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM public.audit(NEW.project_id, 'instruction.status', 'agent_instructions', NEW.id,
                         jsonb_build_object('from', OLD.status, 'to', NEW.status));
    RETURN NULL;
END
$$;
CREATE TRIGGER audit_instruction AFTER UPDATE OF status ON public.agent_instructions
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION public.audit_instruction();
