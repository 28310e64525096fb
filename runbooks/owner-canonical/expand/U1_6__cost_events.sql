ALTER TABLE public.cost_events DROP COLUMN project_id, DROP COLUMN event_no, DROP COLUMN provider,
    DROP COLUMN model_name, DROP COLUMN cost_usd, DROP COLUMN source;
-- What it got has no place in legacy's columns, and nothing filled this table before.
DELETE FROM public.cost_events WHERE amount IS NULL AND note IS NULL;
