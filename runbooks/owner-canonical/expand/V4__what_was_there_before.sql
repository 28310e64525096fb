-- The rows of before, through the very functions of V2 and V3; writes since then are served by their triggers.
-- Each row is locked before it is read: what a client writes meanwhile is never overwritten by what was there.
SELECT count(public.store_settings(p.id, p.settings_json))
  FROM (SELECT id, settings_json FROM public.projects FOR NO KEY UPDATE) AS p;
SELECT count(public.read_run_log(r.id, r.project_id, r.model, r.run_log_json))
  FROM (SELECT id, project_id, model, run_log_json FROM public.runs FOR NO KEY UPDATE) AS r;
