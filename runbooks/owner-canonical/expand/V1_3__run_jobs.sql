-- Row 6: paths become assets.
ALTER TABLE public.run_jobs
    ADD COLUMN selected_asset_id uuid,
    ADD COLUMN final_asset_id uuid,
    ADD CONSTRAINT run_jobs_selected_asset_id_fkey FOREIGN KEY (selected_asset_id) REFERENCES public.assets (id) ON DELETE SET NULL NOT VALID,
    ADD CONSTRAINT run_jobs_final_asset_id_fkey FOREIGN KEY (final_asset_id) REFERENCES public.assets (id) ON DELETE SET NULL NOT VALID;
