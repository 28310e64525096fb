-- The rows of before, through the very functions of V2 and V3; writes since then are served by their triggers.
SELECT count(public.store_settings(p.id, p.settings_json)) FROM public.projects p;
SELECT count(public.read_run_log(r.id, r.project_id, r.model, r.run_log_json)) FROM public.runs r
 WHERE NOT EXISTS (SELECT FROM public.quality_reports q WHERE q.run_id = r.id)
   AND NOT EXISTS (SELECT FROM public.run_log_gaps g WHERE g.run_id = r.id);
