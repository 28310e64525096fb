ALTER TABLE public.assets DROP COLUMN metadata_json;
