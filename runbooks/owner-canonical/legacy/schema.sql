-- The database as scripts/backend.py:init_schema() left it: legacy names everywhere, event tables
-- that nothing writes. Loaded by the demo and by tests; a rollout never runs it.

CREATE TABLE public.users (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email      text NOT NULL,
    name       text,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX ux_users_email ON public.users (lower(email));

CREATE TABLE public.projects (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id       uuid NOT NULL REFERENCES public.users (id),
    slug          text NOT NULL,
    name          text NOT NULL,
    settings_json jsonb,
    created_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT uq_projects_user_slug UNIQUE (user_id, slug)
);

-- Quotas, although the storage policy itself stands in projects.settings_json.
CREATE TABLE public.project_storage (
    project_id  uuid PRIMARY KEY REFERENCES public.projects (id) ON DELETE CASCADE,
    quota_bytes bigint,
    used_bytes  bigint,
    updated_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE public.assets (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    project_id uuid NOT NULL REFERENCES public.projects (id) ON DELETE CASCADE,
    asset_kind text NOT NULL,
    rel_path   text NOT NULL,
    sha256     text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT uq_assets_project_path UNIQUE (project_id, rel_path)
);

CREATE TABLE public.runs (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    project_id    uuid NOT NULL REFERENCES public.projects (id) ON DELETE CASCADE,
    mode          text NOT NULL DEFAULT 'draft',
    model         text,
    settings_json jsonb,
    status        text NOT NULL DEFAULT 'queued',
    run_log_json  jsonb,
    created_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE public.run_jobs (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    run_id        uuid NOT NULL REFERENCES public.runs (id) ON DELETE CASCADE,
    job_no        integer NOT NULL,
    status        text NOT NULL DEFAULT 'queued',
    selected_path text,
    final_path    text,
    created_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT uq_run_jobs_run_no UNIQUE (run_id, job_no)
);

CREATE TABLE public.run_job_candidates (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    job_id       uuid NOT NULL REFERENCES public.run_jobs (id) ON DELETE CASCADE,
    candidate_no integer NOT NULL,
    output_path  text NOT NULL,
    score        numeric(6, 3),
    created_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT uq_run_job_candidates_job_no UNIQUE (job_id, candidate_no)
);

CREATE TABLE public.project_api_secrets (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    project_id uuid NOT NULL REFERENCES public.projects (id) ON DELETE CASCADE,
    provider   text NOT NULL,
    key_ref    text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT uq_project_api_secrets_provider UNIQUE (project_id, provider)
);

CREATE TABLE public.project_exports (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    project_id  uuid NOT NULL REFERENCES public.projects (id) ON DELETE CASCADE,
    format      text NOT NULL DEFAULT 'zip',
    export_path text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);

-- Three tables that are there, with the wrong columns, and that no code fills.
CREATE TABLE public.quality_reports (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    run_id      uuid REFERENCES public.runs (id) ON DELETE CASCADE,
    report_text text,
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE public.cost_events (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    run_id     uuid REFERENCES public.runs (id) ON DELETE CASCADE,
    amount     text,
    note       text,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE public.audit_events (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    message    text,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE public.provider_accounts (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    provider   text NOT NULL,
    api_key    text,
    meta_json  jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT uq_provider_accounts_provider UNIQUE (provider)
);

CREATE TABLE public.style_guides (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    project_id uuid NOT NULL REFERENCES public.projects (id) ON DELETE CASCADE,
    name       text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE public.characters (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    project_id  uuid NOT NULL REFERENCES public.projects (id) ON DELETE CASCADE,
    name        text NOT NULL,
    description text,
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE public.reference_sets (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    project_id uuid NOT NULL REFERENCES public.projects (id) ON DELETE CASCADE,
    title      text NOT NULL,
    notes      text,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE public.reference_items (
    id               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    reference_set_id uuid NOT NULL REFERENCES public.reference_sets (id) ON DELETE CASCADE,
    asset_id         uuid NOT NULL REFERENCES public.assets (id) ON DELETE CASCADE,
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
    created_at timestamptz NOT NULL DEFAULT now()
);

-- Chat, agent and voice: close to what is wanted; their foreign keys point at users.
CREATE TABLE public.chat_sessions (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    project_id uuid NOT NULL REFERENCES public.projects (id) ON DELETE CASCADE,
    user_id    uuid NOT NULL REFERENCES public.users (id),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE public.chat_messages (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    session_id uuid NOT NULL REFERENCES public.chat_sessions (id) ON DELETE CASCADE,
    user_id    uuid REFERENCES public.users (id) ON DELETE SET NULL,
    body       text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE public.agent_instructions (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    project_id uuid NOT NULL REFERENCES public.projects (id) ON DELETE CASCADE,
    user_id    uuid NOT NULL REFERENCES public.users (id),
    body       text NOT NULL,
    status     text NOT NULL DEFAULT 'draft',
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE public.agent_events (
    id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    instruction_id uuid NOT NULL REFERENCES public.agent_instructions (id) ON DELETE CASCADE,
    actor_user_id  uuid REFERENCES public.users (id) ON DELETE SET NULL,
    event          text NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE public.voice_requests (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    session_id uuid NOT NULL REFERENCES public.chat_sessions (id) ON DELETE CASCADE,
    user_id    uuid NOT NULL REFERENCES public.users (id),
    transcript text,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- An extension that stays.
CREATE TABLE public.project_snapshots (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    project_id    uuid NOT NULL REFERENCES public.projects (id) ON DELETE CASCADE,
    snapshot_json jsonb NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now()
);
