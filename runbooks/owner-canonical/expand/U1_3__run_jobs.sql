ALTER TABLE public.run_jobs DROP COLUMN selected_asset_id, DROP COLUMN final_asset_id;
