-- Row 12: paths become assets.
ALTER TABLE public.project_exports
    ADD COLUMN export_asset_id uuid,
    ADD CONSTRAINT project_exports_export_asset_id_fkey FOREIGN KEY (export_asset_id) REFERENCES public.assets (id) ON DELETE SET NULL NOT VALID;
