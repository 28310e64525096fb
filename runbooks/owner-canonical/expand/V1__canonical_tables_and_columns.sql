-- Additive only, constant defaults: the catalog changes, no row is rewritten. Foreign keys are NOT VALID
-- here and validated by V6.

-- Rows 1 and 7: the relations that take over at the cutover, empty until the backfill.
CREATE TABLE public.app_users_next (
    id           uuid CONSTRAINT app_users_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
    email        text NOT NULL,
    display_name text,
    created_at   timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX ux_app_users_email ON public.app_users_next (lower(email));

CREATE TABLE public.run_candidates_next (
    id              uuid CONSTRAINT run_candidates_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
    run_job_id      uuid NOT NULL CONSTRAINT run_candidates_run_job_id_fkey REFERENCES public.run_jobs (id) ON DELETE CASCADE,
    candidate_index integer NOT NULL,
    output_uri      text NOT NULL,
    score           numeric(6, 3),
    created_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT uq_run_candidates_job_index UNIQUE (run_job_id, candidate_index)
);

-- Row 3: the policy. NULL means that nobody ever said; what no column takes stays in metadata_json.
ALTER TABLE public.project_storage
    ADD COLUMN storage_mode text,
    ADD COLUMN local_base_dir text,
    ADD COLUMN s3_bucket text,
    ADD COLUMN s3_prefix text,
    ADD COLUMN s3_region text,
    ADD COLUMN metadata_json jsonb,
    ADD CONSTRAINT ck_project_storage_mode CHECK (storage_mode IN ('local', 's3')) NOT VALID;

ALTER TABLE public.assets ADD COLUMN metadata_json jsonb NOT NULL DEFAULT '{}';

-- Rows 6 and 12: paths become assets.
ALTER TABLE public.run_jobs
    ADD COLUMN selected_asset_id uuid,
    ADD COLUMN final_asset_id uuid,
    ADD CONSTRAINT run_jobs_selected_asset_id_fkey FOREIGN KEY (selected_asset_id) REFERENCES public.assets (id) ON DELETE SET NULL NOT VALID,
    ADD CONSTRAINT run_jobs_final_asset_id_fkey FOREIGN KEY (final_asset_id) REFERENCES public.assets (id) ON DELETE SET NULL NOT VALID;
ALTER TABLE public.project_exports
    ADD COLUMN export_asset_id uuid,
    ADD CONSTRAINT project_exports_export_asset_id_fkey FOREIGN KEY (export_asset_id) REFERENCES public.assets (id) ON DELETE SET NULL NOT VALID;

-- Rows 9, 10, 11: the event tables. Keys name legacy relations; contract leads them over.
ALTER TABLE public.quality_reports
    ADD COLUMN candidate_id uuid,
    ADD COLUMN stage text NOT NULL DEFAULT 'final',
    ADD COLUMN score numeric(5, 2),
    ADD COLUMN passed boolean,
    ADD COLUMN details_json jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN source text NOT NULL DEFAULT 'ingest',
    ADD CONSTRAINT quality_reports_candidate_id_fkey FOREIGN KEY (candidate_id) REFERENCES public.run_job_candidates (id) ON DELETE SET NULL NOT VALID;
ALTER TABLE public.cost_events
    ADD COLUMN project_id uuid,
    ADD COLUMN event_no integer NOT NULL DEFAULT 1,
    ADD COLUMN provider text,
    ADD COLUMN model_name text,
    ADD COLUMN cost_usd numeric(12, 6),
    ADD COLUMN source text NOT NULL DEFAULT 'ingest',
    ADD CONSTRAINT cost_events_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.projects (id) ON DELETE CASCADE NOT VALID;
ALTER TABLE public.audit_events
    ADD COLUMN project_id uuid,
    ADD COLUMN actor_user_id uuid,
    ADD COLUMN action text NOT NULL DEFAULT 'unspecified',
    ADD COLUMN entity_kind text,
    ADD COLUMN entity_id uuid,
    ADD COLUMN details_json jsonb NOT NULL DEFAULT '{}',
    ADD CONSTRAINT audit_events_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.projects (id) ON DELETE SET NULL NOT VALID,
    ADD CONSTRAINT audit_events_actor_user_id_fkey FOREIGN KEY (actor_user_id) REFERENCES public.users (id) ON DELETE SET NULL NOT VALID;

-- Rows 13 to 17 and 19: columns that legacy knows nothing of.
ALTER TABLE public.provider_accounts ADD COLUMN is_enabled boolean NOT NULL DEFAULT true;
ALTER TABLE public.style_guides
    ADD COLUMN rules_json jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN is_default boolean NOT NULL DEFAULT false;
ALTER TABLE public.characters ADD COLUMN identity_constraints_json jsonb NOT NULL DEFAULT '{}';
ALTER TABLE public.reference_sets ADD COLUMN kind text NOT NULL DEFAULT 'reference';
ALTER TABLE public.reference_items ADD COLUMN weight numeric(6, 3) NOT NULL DEFAULT 1;
ALTER TABLE public.prompt_templates
    ADD COLUMN stage text NOT NULL DEFAULT 'generate',
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN is_active boolean NOT NULL DEFAULT true;

-- Extensions, declared in the runbook: what could not be derived, listed row by row.
CREATE TABLE public.run_log_gaps (
    run_id   uuid NOT NULL CONSTRAINT run_log_gaps_run_id_fkey REFERENCES public.runs (id) ON DELETE CASCADE,
    ledger   text NOT NULL CONSTRAINT ck_run_log_gaps_ledger CHECK (ledger IN ('quality', 'cost')),
    reason   text NOT NULL,
    noted_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT run_log_gaps_pkey PRIMARY KEY (run_id, ledger)
);
CREATE TABLE public.unresolved_asset_paths (
    entity    text NOT NULL,
    entity_id uuid NOT NULL,
    field     text NOT NULL,
    path      text NOT NULL,
    noted_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT unresolved_asset_paths_pkey PRIMARY KEY (entity, entity_id, field)
);
-- Who still writes a legacy name that the shims of V2 and V3 serve; gone with them.
CREATE TABLE public.legacy_use (
    application_name text NOT NULL,
    name             text NOT NULL,
    minute           timestamptz NOT NULL,
    last_seen        timestamptz NOT NULL,
    CONSTRAINT legacy_use_pkey PRIMARY KEY (application_name, name, minute)
);

-- Rubicon's role creates them; the application must be able to use them.
DO $$
DECLARE
    owner text := (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'public.projects'::regclass);
    name  text;
BEGIN
    FOREACH name IN ARRAY ARRAY['app_users_next', 'run_candidates_next', 'run_log_gaps', 'unresolved_asset_paths', 'legacy_use'] LOOP
        EXECUTE format('ALTER TABLE public.%I OWNER TO %I', name, owner);
    END LOOP;
END
$$;
