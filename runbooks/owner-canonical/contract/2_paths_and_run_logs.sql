-- Every path of no asset is in unresolved_asset_paths: see the precondition unresolved-paths-are-listed.
DROP TRIGGER run_log_changed ON public.runs;
DROP TRIGGER run_log_inserted ON public.runs;
DROP FUNCTION public.run_log();
DROP FUNCTION public.read_run_log(uuid, uuid, text, jsonb);
DROP TRIGGER export_asset ON public.project_exports;
DROP FUNCTION public.export_asset();
DROP TRIGGER job_paths ON public.run_jobs;
DROP FUNCTION public.job_paths();
DROP FUNCTION public.resolve_path(text, uuid, text, uuid, text);
ALTER TABLE public.run_jobs DROP COLUMN selected_path, DROP COLUMN final_path;
DROP FUNCTION public.note_legacy_use(text);
DROP TABLE public.legacy_use;
