-- Scans under SHARE UPDATE EXCLUSIVE: clients go on.
ALTER TABLE public.project_storage VALIDATE CONSTRAINT ck_project_storage_mode;
ALTER TABLE public.run_jobs VALIDATE CONSTRAINT run_jobs_selected_asset_id_fkey;
ALTER TABLE public.run_jobs VALIDATE CONSTRAINT run_jobs_final_asset_id_fkey;
ALTER TABLE public.project_exports VALIDATE CONSTRAINT project_exports_export_asset_id_fkey;
ALTER TABLE public.quality_reports VALIDATE CONSTRAINT quality_reports_candidate_id_fkey;
ALTER TABLE public.cost_events VALIDATE CONSTRAINT cost_events_project_id_fkey;
ALTER TABLE public.audit_events VALIDATE CONSTRAINT audit_events_project_id_fkey;
ALTER TABLE public.audit_events VALIDATE CONSTRAINT audit_events_actor_user_id_fkey;
