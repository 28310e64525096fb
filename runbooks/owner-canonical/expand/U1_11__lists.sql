DROP TABLE public.legacy_use;
DROP TABLE public.unresolved_asset_paths;
DROP TABLE public.run_log_gaps;
