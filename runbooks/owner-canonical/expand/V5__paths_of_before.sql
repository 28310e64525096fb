-- V4.1 is done.
DROP PROCEDURE public.store_settings_of_before(integer);
DROP PROCEDURE public.read_run_logs_of_before(integer);
-- One short statement per table, measured by the rehearsal. Paths of no asset are listed first.
SET LOCAL owner.backfill = 'on';
INSERT INTO public.unresolved_asset_paths (entity, entity_id, field, path)
SELECT 'run_jobs', j.id, p.field, p.path
  FROM public.run_jobs j JOIN public.runs r ON r.id = j.run_id
 CROSS JOIN LATERAL (VALUES ('selected', j.selected_path, j.selected_asset_id), ('final', j.final_path, j.final_asset_id)) AS p (field, path, asset)
 WHERE p.path IS NOT NULL AND p.asset IS NULL
   AND NOT EXISTS (SELECT FROM public.assets a WHERE a.project_id = r.project_id AND a.rel_path = p.path)
ON CONFLICT DO NOTHING;
UPDATE public.run_jobs j
   SET selected_asset_id = coalesce(j.selected_asset_id, s.id), final_asset_id = coalesce(j.final_asset_id, f.id)
  FROM public.runs r
  LEFT JOIN public.run_jobs o ON o.run_id = r.id
  LEFT JOIN public.assets s ON s.project_id = r.project_id AND s.rel_path = o.selected_path
  LEFT JOIN public.assets f ON f.project_id = r.project_id AND f.rel_path = o.final_path
 WHERE o.id = j.id AND (s.id IS NOT NULL OR f.id IS NOT NULL)
   AND o.selected_path IS NOT DISTINCT FROM j.selected_path AND o.final_path IS NOT DISTINCT FROM j.final_path;
UPDATE public.project_exports e
   SET export_asset_id = public.resolve_path('project_exports', e.id, 'export', e.project_id, e.export_path)
 WHERE e.export_asset_id IS NULL;
