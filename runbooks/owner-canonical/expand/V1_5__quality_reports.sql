-- Row 9: an event table. Its key names a legacy relation; contract leads it over.
ALTER TABLE public.quality_reports
    ADD COLUMN candidate_id uuid,
    ADD COLUMN stage text NOT NULL DEFAULT 'final',
    ADD COLUMN score numeric(5, 2),
    ADD COLUMN passed boolean,
    ADD COLUMN details_json jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN source text NOT NULL DEFAULT 'ingest',
    ADD CONSTRAINT quality_reports_candidate_id_fkey FOREIGN KEY (candidate_id) REFERENCES public.run_job_candidates (id) ON DELETE SET NULL NOT VALID;
