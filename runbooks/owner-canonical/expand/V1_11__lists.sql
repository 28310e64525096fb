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
    FOREACH name IN ARRAY ARRAY['run_log_gaps', 'unresolved_asset_paths', 'legacy_use'] LOOP
        EXECUTE format('ALTER TABLE public.%I OWNER TO %I', name, owner);
    END LOOP;
END
$$;
