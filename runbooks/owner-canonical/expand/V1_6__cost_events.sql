-- Row 10: an event table.
ALTER TABLE public.cost_events
    ADD COLUMN project_id uuid,
    ADD COLUMN event_no integer NOT NULL DEFAULT 1,
    ADD COLUMN provider text,
    ADD COLUMN model_name text,
    ADD COLUMN cost_usd numeric(12, 6),
    ADD COLUMN source text NOT NULL DEFAULT 'ingest',
    ADD CONSTRAINT cost_events_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.projects (id) ON DELETE CASCADE NOT VALID;
