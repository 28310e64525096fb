-- Row 4.
ALTER TABLE public.assets ADD COLUMN metadata_json jsonb NOT NULL DEFAULT '{}';
