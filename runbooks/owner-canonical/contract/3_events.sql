-- The columns that nothing ever filled: see the precondition legacy-event-columns-are-empty.
ALTER TABLE public.quality_reports DROP COLUMN report_text;
ALTER TABLE public.cost_events DROP COLUMN amount, DROP COLUMN note;
ALTER TABLE public.audit_events DROP COLUMN message;

-- The secret's reference has one name again.
CREATE OR REPLACE FUNCTION public.audit_secret() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.provider, OLD.kms_key_ref) IS NOT DISTINCT FROM (NEW.provider, NEW.kms_key_ref) THEN
        RETURN NULL;
    END IF;
    PERFORM public.audit(CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE NEW.project_id END, 'secret.' || lower(TG_OP),
                         'project_api_secrets', coalesce(NEW.id, OLD.id),
                         jsonb_build_object('provider', coalesce(NEW.provider, OLD.provider)));
    RETURN NULL;
END
$$;
