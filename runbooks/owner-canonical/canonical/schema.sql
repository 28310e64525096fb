-- The schema that docs/TECH_SPEC.md expects. Built in a scratch database to be compared with; never run on
-- the target. What the target has besides (project_snapshots and the two lists of what could not be derived)
-- is declared under findings: in the runbook.

CREATE TABLE public.app_users (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email        text NOT NULL,
    display_name text,
    created_at   timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX ux_app_users_email ON public.app_users (lower(email));

CREATE TABLE public.projects (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    owner_user_id uuid NOT NULL REFERENCES public.app_users (id),
    slug          text NOT NULL,
    name          text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX ux_projects_owner_slug ON public.projects (owner_user_id, slug);

CREATE TABLE public.project_storage (
    project_id     uuid PRIMARY KEY REFERENCES public.projects (id) ON DELETE CASCADE,
    storage_mode   text,
    local_base_dir text,
    s3_bucket      text,
    s3_prefix      text,
    s3_region      text,
    metadata_json  jsonb,
    quota_json     jsonb,
    updated_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ck_project_storage_mode CHECK (storage_mode IN ('local', 's3'))
);
COMMENT ON COLUMN public.project_storage.quota_json IS 'What legacy kept as quota_bytes and used_bytes';

CREATE TABLE public.assets (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    project_id    uuid NOT NULL REFERENCES public.projects (id) ON DELETE CASCADE,
    kind          text NOT NULL,
    storage_uri   text NOT NULL,
    sha256        text,
    metadata_json jsonb NOT NULL DEFAULT '{}',
    created_at    timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX ux_assets_project_uri ON public.assets (project_id, storage_uri);
CREATE INDEX ix_assets_project_kind ON public.assets (project_id, kind);
COMMENT ON COLUMN public.assets.storage_uri IS 'project://path inside the project, or s3://bucket/key';

CREATE TABLE public.runs (
    id                     uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    project_id             uuid NOT NULL REFERENCES public.projects (id) ON DELETE CASCADE,
    run_mode               text NOT NULL DEFAULT 'draft',
    model_name             text,
    settings_snapshot_json jsonb,
    status                 text NOT NULL DEFAULT 'queued',
    run_log_json           jsonb,
    created_at             timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_runs_project_created_at ON public.runs (project_id, created_at);

CREATE TABLE public.run_jobs (
    id                uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    run_id            uuid NOT NULL REFERENCES public.runs (id) ON DELETE CASCADE,
    job_no            integer NOT NULL,
    status            text NOT NULL DEFAULT 'queued',
    selected_asset_id uuid REFERENCES public.assets (id) ON DELETE SET NULL,
    final_asset_id    uuid REFERENCES public.assets (id) ON DELETE SET NULL,
    created_at        timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT uq_run_jobs_run_no UNIQUE (run_id, job_no)
);
CREATE INDEX ix_run_jobs_selected_asset ON public.run_jobs (selected_asset_id);

CREATE TABLE public.run_candidates (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    run_job_id      uuid NOT NULL REFERENCES public.run_jobs (id) ON DELETE CASCADE,
    candidate_index integer NOT NULL,
    output_uri      text NOT NULL,
    score           numeric(6, 3),
    created_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT uq_run_candidates_job_index UNIQUE (run_job_id, candidate_index)
);

CREATE TABLE public.project_api_secrets (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    project_id  uuid NOT NULL REFERENCES public.projects (id) ON DELETE CASCADE,
    provider    text NOT NULL,
    kms_key_ref text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT uq_project_api_secrets_provider UNIQUE (project_id, provider)
);

CREATE TABLE public.project_exports (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    project_id      uuid NOT NULL REFERENCES public.projects (id) ON DELETE CASCADE,
    format          text NOT NULL DEFAULT 'zip',
    storage_uri     text NOT NULL,
    export_asset_id uuid REFERENCES public.assets (id) ON DELETE SET NULL,
    created_at      timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE public.quality_reports (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    run_id       uuid REFERENCES public.runs (id) ON DELETE CASCADE,
    candidate_id uuid REFERENCES public.run_candidates (id) ON DELETE SET NULL,
    stage        text NOT NULL DEFAULT 'final',
    score        numeric(5, 2),
    passed       boolean,
    details_json jsonb NOT NULL DEFAULT '{}',
    source       text NOT NULL DEFAULT 'ingest',
    created_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_quality_reports_run ON public.quality_reports (run_id, stage);

CREATE TABLE public.cost_events (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    run_id     uuid REFERENCES public.runs (id) ON DELETE CASCADE,
    project_id uuid REFERENCES public.projects (id) ON DELETE CASCADE,
    event_no   integer NOT NULL DEFAULT 1,
    provider   text,
    model_name text,
    cost_usd   numeric(12, 6),
    source     text NOT NULL DEFAULT 'ingest',
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX ux_cost_events_run_no ON public.cost_events (run_id, event_no);

CREATE TABLE public.audit_events (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    project_id    uuid REFERENCES public.projects (id) ON DELETE SET NULL,
    actor_user_id uuid REFERENCES public.app_users (id) ON DELETE SET NULL,
    action        text NOT NULL DEFAULT 'unspecified',
    entity_kind   text,
    entity_id     uuid,
    details_json  jsonb NOT NULL DEFAULT '{}',
    created_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE public.provider_accounts (
    id                uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    provider          text NOT NULL,
    is_enabled        boolean NOT NULL DEFAULT true,
    config_json       jsonb,
    credential_sha256 text,
    created_at        timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT uq_provider_accounts_provider UNIQUE (provider)
);
COMMENT ON COLUMN public.provider_accounts.credential_sha256 IS 'Tells whether a key is the known one; the key itself is in the vault';

CREATE TABLE public.style_guides (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    project_id uuid NOT NULL REFERENCES public.projects (id) ON DELETE CASCADE,
    name       text NOT NULL,
    rules_json jsonb NOT NULL DEFAULT '{}',
    is_default boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE public.characters (
    id                        uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    project_id                uuid NOT NULL REFERENCES public.projects (id) ON DELETE CASCADE,
    name                      text NOT NULL,
    description               text,
    identity_constraints_json jsonb NOT NULL DEFAULT '{}',
    created_at                timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE public.reference_sets (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    project_id    uuid NOT NULL REFERENCES public.projects (id) ON DELETE CASCADE,
    name          text NOT NULL,
    kind          text NOT NULL DEFAULT 'reference',
    metadata_json jsonb,
    created_at    timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE public.reference_items (
    id               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    reference_set_id uuid NOT NULL REFERENCES public.reference_sets (id) ON DELETE CASCADE,
    asset_id         uuid NOT NULL REFERENCES public.assets (id) ON DELETE CASCADE,
    weight           numeric(6, 3) NOT NULL DEFAULT 1,
    created_at       timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE public.asset_links (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    parent_asset_id uuid NOT NULL REFERENCES public.assets (id) ON DELETE CASCADE,
    child_asset_id  uuid NOT NULL REFERENCES public.assets (id) ON DELETE CASCADE,
    link_kind       text NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE public.prompt_templates (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    project_id uuid NOT NULL REFERENCES public.projects (id) ON DELETE CASCADE,
    name       text NOT NULL,
    body       text NOT NULL,
    stage      text NOT NULL DEFAULT 'generate',
    version    integer NOT NULL DEFAULT 1,
    is_active  boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE public.chat_sessions (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    project_id uuid NOT NULL REFERENCES public.projects (id) ON DELETE CASCADE,
    user_id    uuid NOT NULL REFERENCES public.app_users (id),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE public.chat_messages (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    session_id uuid NOT NULL REFERENCES public.chat_sessions (id) ON DELETE CASCADE,
    user_id    uuid REFERENCES public.app_users (id) ON DELETE SET NULL,
    body       text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE public.agent_instructions (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    project_id uuid NOT NULL REFERENCES public.projects (id) ON DELETE CASCADE,
    user_id    uuid NOT NULL REFERENCES public.app_users (id),
    body       text NOT NULL,
    status     text NOT NULL DEFAULT 'draft',
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE public.agent_events (
    id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    instruction_id uuid NOT NULL REFERENCES public.agent_instructions (id) ON DELETE CASCADE,
    actor_user_id  uuid REFERENCES public.app_users (id) ON DELETE SET NULL,
    event          text NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE public.voice_requests (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    session_id uuid NOT NULL REFERENCES public.chat_sessions (id) ON DELETE CASCADE,
    user_id    uuid NOT NULL REFERENCES public.app_users (id),
    transcript text,
    created_at timestamptz NOT NULL DEFAULT now()
);

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
    IF TG_OP = 'UPDATE' AND (OLD.provider, OLD.kms_key_ref) IS NOT DISTINCT FROM (NEW.provider, NEW.kms_key_ref) THEN
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
