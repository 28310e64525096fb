-- Row 11: an event table. Its keys name legacy relations; contract leads them over.
ALTER TABLE public.audit_events
    ADD COLUMN project_id uuid,
    ADD COLUMN actor_user_id uuid,
    ADD COLUMN action text NOT NULL DEFAULT 'unspecified',
    ADD COLUMN entity_kind text,
    ADD COLUMN entity_id uuid,
    ADD COLUMN details_json jsonb NOT NULL DEFAULT '{}',
    ADD CONSTRAINT audit_events_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.projects (id) ON DELETE SET NULL NOT VALID,
    ADD CONSTRAINT audit_events_actor_user_id_fkey FOREIGN KEY (actor_user_id) REFERENCES public.users (id) ON DELETE SET NULL NOT VALID;
