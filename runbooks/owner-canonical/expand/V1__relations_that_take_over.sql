-- V1 and V1.1 to V1.11 are additive only, with constant defaults: the catalog changes, no row is rewritten. Each is a
-- transaction that locks one or two tables and those that their keys point at. Foreign keys are NOT VALID here and validated by V6.

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

-- Rubicon's role creates them; the application must be able to use them.
DO $$
DECLARE
    owner text := (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'public.projects'::regclass);
    name  text;
BEGIN
    FOREACH name IN ARRAY ARRAY['app_users_next', 'run_candidates_next'] LOOP
        EXECUTE format('ALTER TABLE public.%I OWNER TO %I', name, owner);
    END LOOP;
END
$$;
