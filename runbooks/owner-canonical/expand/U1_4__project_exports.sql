ALTER TABLE public.project_exports DROP COLUMN export_asset_id;
